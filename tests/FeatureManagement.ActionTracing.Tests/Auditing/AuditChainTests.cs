using System.Security.Cryptography;
using System.Text;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>The form that is hashed, and the bounds of an entry.</summary>
public class AuditChainTests
{
    private static readonly AuditEntry Entry = new()
    {
        At = DateTimeOffset.UnixEpoch,
        Action = "updated",
        Flag = "flag",
        Before = "{}",
        After = "{}",
        Actor = "ann",
        Reason = "why",
        Source = ChangeSource.Api,
        Instance = "web-1/42",
    };

    public static TheoryData<string, AuditEntry> Forgeries => new()
    {
        { "number", Entry with { Number = 1 } },
        { "version", Entry with { Version = 1 } },
        { "time", Entry with { At = DateTimeOffset.UnixEpoch.AddTicks(1) } },
        { "action", Entry with { Action = "reset" } },
        { "flag", Entry with { Flag = "other" } },
        { "no flag", Entry with { Flag = null } },
        { "before", Entry with { Before = "[]" } },
        { "after", Entry with { After = "[]" } },
        { "before and after", Entry with { Before = null, After = "{}" } },
        { "after and before", Entry with { Before = "{}", After = null } },
        { "actor", Entry with { Actor = "bob" } },
        { "reason", Entry with { Reason = "" } },
        { "no reason", Entry with { Reason = null } },
        { "source", Entry with { Source = ChangeSource.Code } },
        { "instance", Entry with { Instance = "web-2/42" } },
        { "hash before", Entry with { PreviousHash = "0" } },
        { "text moved to the next field", Entry with { Actor = "an", Action = "nupdated" } },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void HashOf_AnEntryThatDiffersInOneThing_IsAnother(string what, AuditEntry forged)
    {
        Assert.NotEqual((what, AuditChain.HashOf(Entry)), (what, AuditChain.HashOf(forged)));
        string form = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AuditChain.Canonical(forged))));
        Assert.Equal(form, AuditChain.HashOf(forged));
    }

    [Fact]
    public void HashOf_AfterALongerEntry_IsTheSame()
    {
        string hash = AuditChain.HashOf(Entry);
        foreach (int length in (int[])[100, 10_000, 1_000_000])
        {
            AuditChain.HashOf(Entry with { Reason = new string('x', length) });
            Assert.Equal(hash, AuditChain.HashOf(Entry));
        }
    }

    [Fact]
    public void Canonical_ASourceThatIsNone_IsAQuestionMark() =>
        Assert.Contains(",1:?,3:ann,", AuditChain.Canonical(Entry with { Source = (ChangeSource)99 }), StringComparison.Ordinal);

    public static TheoryData<AuditEntry, AuditEntry> Texts => new()
    {
        { Entry with { Instance = "a\0" }, Entry with { Instance = "a\uFFFD" } },
        { Entry with { Actor = "a\0" }, Entry with { Actor = "a\uFFFD" } },
        { Entry with { Action = "a\0" }, Entry with { Action = "a\uFFFD" } },
        { Entry with { Flag = "a\0" }, Entry with { Flag = "a\uFFFD" } },
        { Entry with { Before = "a\0" }, Entry with { Before = "a\uFFFD" } },
        { Entry with { After = "a\0" }, Entry with { After = "a\uFFFD" } },
        { Entry with { Reason = "a\0" }, Entry with { Reason = "a\uFFFD" } },
        {
            Entry with { Actor = "\ud800", Flag = null, Before = null, After = null, Reason = null },
            Entry with { Actor = "\uFFFD", Flag = null, Before = null, After = null, Reason = null }
        },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Append_ATextThatNoStoreKeeps_IsReplacedBeforeItIsHashed(AuditEntry entry, AuditEntry stored)
    {
        Assert.Equal(stored, AuditChain.Storable(entry));
        AuditEntry chained = AuditHead.Empty.Append(entry, 3);
        Assert.Equal(chained.Hash, AuditHead.Empty.Append(stored, 3).Hash);
        Assert.Null(AuditChain.FaultOf(AuditHead.Empty, chained));
    }

    [Fact]
    public void Append_SeveralEntries_AreOneChain()
    {
        AuditEntry first = AuditHead.Empty.Append(Entry with { At = new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)) }, 7);
        Assert.Equal((1L, 7L, TimeSpan.Zero, new string('0', 64)), (first.Number, first.Version, first.At.Offset, first.PreviousHash));
        Assert.Equal(AuditChain.HashOf(first), first.Hash);
        AuditEntry second = AuditHead.Of(first).Append(Entry, 8);
        Assert.Equal((2L, 8L, first.Hash), (second.Number, second.Version, second.PreviousHash));
        Assert.Null(AuditChain.FaultOf(AuditHead.Of(first), second));
        Assert.Equal("entry", Assert.Throws<ArgumentNullException>(() => AuditHead.Empty.Append(null!, 1)).ParamName); // on purpose
        Assert.Equal("entry", Assert.Throws<ArgumentNullException>(() => AuditHead.Of(null!)).ParamName); // on purpose
    }

    // 400 bytes are for numbers and hashes; instance, actor, action and flag of the entry take 22.
    [Theory]
    [InlineData(0, 0, 7_770, "as it was")]
    [InlineData(0, 0, 7_771, "texts cut")]
    [InlineData(2_000, 2_000, 3_770, "as it was")]
    [InlineData(2_000, 2_000, 3_771, "texts cut")]
    [InlineData(2_001, 0, 5_770, "values cut")]
    [InlineData(0, 2_001, 5_770, "values cut")]
    [InlineData(2_001, 2_001, 7_000, "values cut")]
    [InlineData(2_001, 2_001, 7_771, "both cut")]
    public void Append_ALargeEntry_IsCutWhereItDoesNotFit(int before, int after, int reason, string expected)
    {
        AuditEntry entry = Entry with { Before = Text(before), After = Text(after), Reason = Text(reason) };
        AuditEntry fit = AuditSize.Fit(entry);
        bool textsCut = expected is "texts cut" or "both cut";
        bool valuesCut = expected is "values cut" or "both cut";
        Assert.Equal(expected == "as it was", ReferenceEquals(entry, fit));
        Assert.Equal(Values(before), fit.Before);
        Assert.Equal(Values(after), fit.After);
        Assert.Equal(textsCut ? Text(249) + "…" : entry.Reason, fit.Reason);

        static string? Text(int length) => length == 0 ? null : new string('x', length);

        string? Values(int length) => valuesCut && length > 2_000 ? $$"""{"cut":"{{length}} characters"}""" : Text(length);
    }

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData("語", "{\"cut\":\"4000 characters\"}", "語", "…")]
    public void Append_LongTextsEverywhere_AreCutEach(string? letter, string? values, string? start, string? end)
    {
        string? text = letter is null ? null : string.Concat(Enumerable.Repeat(letter, 4_000));
        string? cut = start is null ? null : string.Concat(Enumerable.Repeat(start, 249)) + end;
        string large = new('x', 10_000);
        string shortened = new string('x', 249) + "…";
        AuditEntry fit = AuditSize.Fit(
            new AuditEntry
            {
                At = Entry.At,
                Source = Entry.Source,
                Instance = large,
                Actor = large,
                Action = large,
                Flag = text,
                Before = text,
                After = text,
                Reason = text,
            });
        Assert.Equal((shortened, shortened, shortened), (fit.Instance, fit.Actor, fit.Action));
        Assert.Equal((cut, values, values, cut), (fit.Flag, fit.Before, fit.After, fit.Reason));
    }
}
