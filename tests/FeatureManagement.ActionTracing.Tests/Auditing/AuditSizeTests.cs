using System.Text;
using System.Text.Json;
using FeatureManagement.ActionTracing.Storage.Audit;
using FeatureManagement.ActionTracing.Tests.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>However large what is written or said, an audit entry has at most 8 KB.</summary>
public sealed class AuditSizeTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task AStateOfFourMegabytes_IsCutInHealthLogAndAudit()
    {
        using EditedHost host = Start("");
        foreach (char c in "abcdefghijk")
            Edit(host, File($$""", "f": { "type": "boolean", "state": "{{new string(c, 4 << 20)}}", "{{new string(c, 1 << 20)}}": 1, "parent": "{{new string(c, 1 << 20)}}" } """));

        Assert.Equal(3, host.Faults.Count());
        Assert.Contains($"Flag 'f': state is {new string('k', 100)}… (4194304 characters); it must be one of disabled, development, canary, rollout, enabled, emergency_off.", host.Faults);
        Assert.All(host.Faults, fault => Assert.InRange(fault.Length, 1, 1_000));
        Assert.All(host.Logs, log => Assert.InRange(log.Message.Length, 1, 1_500));
        await AllFitAsync(host, entries: 63); // three faults an edit, and no longer those of the edit before
    }

    [Fact]
    public async Task NamesOfAnyLengthAndControlCharacters_AreCutAndEscaped()
    {
        string name = new('n', 1 << 20);
        using EditedHost host = Start("");
        Edit(host, File($$"""
            , "{{name}}": { "type": "boolean", "state": "enabled" },
            "g": { "type": "multivariate", "state": "on\u001b[2J\nfake line", "environments": { "{{name}}": { "{{name}}": 1 } }, "variants": { "{{name}}": { "{{name}}": 1 } },
                   "rolloutConfig": { "type": "custom", "schedule": [ { "after": "{{name}}", "{{name}}": 1 } ], "checkpoints": ["{{name}}"] },
                   "whitelist": { "{{name}}": "{{name}}" },
                   "experiment": { "control": "{{name}}", "metrics": { "{{name}}": { "kind": "{{name}}" } } } },
            "h": { "type": "boolean", "state": "enabled", "parent": "H" }
            """));

        Assert.Contains(host.Faults, fault => fault.StartsWith(@"Flag 'g': state is on\u001b[2J\nfake line; it must be", StringComparison.Ordinal));
        Assert.All(host.Report.Faults, fault =>
        {
            Assert.InRange(fault.Message.Length, 1, 1_000);
            Assert.InRange(fault.Flag?.Length ?? 0, 0, 200);
            Assert.DoesNotContain(fault.Message, char.IsControl);
        });
        Assert.All(host.Logs, log => Assert.DoesNotContain(log.Message, char.IsControl));
        await AllFitAsync(host, entries: host.Faults.Count());
    }

    [Fact]
    public async Task LongLists_AreCountsAndTheDifference()
    {
        string[] ids = [.. Enumerable.Range(0, 100_000).Select(i => $"user{i}")];
        using EditedHost host = Start(Listed(ids));
        Edit(host, File(Listed([.. ids[1..], "new", new string('x', 5_000)])));
        AuditEntry entry = Assert.Single(await EntriesAsync(host, 1));
        Assert.Equal("""{"state":"canary","percentage":0,"source":"configuration","whitelist":{"count":100000,"removed":["user0"]}}""", entry.Before);
        Assert.Equal(
            $$$"""{"state":"canary","percentage":0,"source":"configuration","whitelist":{"count":100001,"added":["new","{{{new string('x', 100)}}}\u2026 (5000 characters)"]}}""", entry.After);

        // What does not fit is counted; run-time updates do the same.
        await host.Get<IFeatureFlagManager>().UpdateFlagAsync("f", new FlagUpdate { Whitelist = ["new"] }, new FlagChange("ann", "because"));
        entry = (await EntriesAsync(host, 2))[1];
        using JsonDocument before = JsonDocument.Parse(entry.Before!);
        JsonElement list = before.RootElement.GetProperty("whitelist");
        Assert.Equal((100_001, 100_000), (list.GetProperty("count").GetInt32(), list.GetProperty("removed").GetArrayLength() + list.GetProperty("more").GetInt32()));
        Assert.EndsWith("""whitelist":{"count":1}}""", entry.After, StringComparison.Ordinal);
        await AllFitAsync(host, entries: 2);
    }

    [Fact]
    public async Task ManyVariantsWithLongNames_AreCutWithACount()
    {
        string variants = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"{i:0000}{new string('v', 1_000)}\": {{ \"weight\": 1 }}"));
        using EditedHost host = Start("");
        Edit(host, File($$""", "m": { "type": "multivariate", "state": "enabled", "variants": { {{variants}} } }"""));
        AuditEntry entry = Assert.Single(await EntriesAsync(host, 1));
        using JsonDocument after = JsonDocument.Parse(entry.After!);
        int named = after.RootElement.GetProperty("weights").EnumerateObject().Count();
        Assert.Equal(1_000, named + after.RootElement.GetProperty("moreWeights").GetInt32());
        await AllFitAsync(host, entries: 1);
    }

    [Fact]
    public void AnyEntry_Fits_AndIsChainedAsItIsStored()
    {
        var entry = new AuditEntry
        {
            At = DateTimeOffset.UnixEpoch,
            Action = "updated",
            Flag = new string('語', 200),
            Before = JsonSerializer.Serialize(new { state = new string('語', 5_000) }),
            After = "{}",
            Actor = new string('語', 1_000),
            Reason = new string('語', 5_000),
            Source = ChangeSource.Code,
            Instance = "node",
        };
        AuditEntry chained = AuditHead.Empty.Append(entry, 1);

        Assert.InRange(Size(chained), 1, 8 * 1024);
        Assert.Null(AuditChain.FaultOf(AuditHead.Empty, chained));
        Assert.Equal("""{"cut":"30012 characters"}""", chained.Before);
        Assert.Equal("{}", chained.After);
    }

    [Fact]
    public void AnOldEntryOfAnySize_VerifiesAsBefore()
    {
        AuditEntry old = new AuditEntry
        {
            Number = 1,
            At = DateTimeOffset.UnixEpoch,
            Action = "configured",
            After = JsonSerializer.Serialize(new { whitelist = Enumerable.Range(0, 10_000).Select(i => $"user{i}") }),
            Actor = "configuration",
            Source = ChangeSource.Configuration,
            Instance = "node",
            PreviousHash = AuditHead.Empty.Hash,
        };
        Assert.Null(AuditChain.FaultOf(AuditHead.Empty, old with { Hash = AuditChain.HashOf(old) }));
    }

    private EditedHost Start(string flags)
    {
        _directory.Write("appsettings.json", File(flags));
        return new EditedHost(_directory, configure: builder =>
        {
            foreach (FileConfigurationSource file in builder.Configuration.Sources.OfType<FileConfigurationSource>())
                file.ReloadOnChange = false;
        });
    }

    private void Edit(EditedHost host, string content)
    {
        _directory.Write("appsettings.json", content);
        ((IConfigurationRoot)host.Get<IConfiguration>()).Reload();
    }

    private static string File(string flags) => Layers.Flags(Layers.Flag("keep") + flags);

    private static string Listed(string[] ids) => $$""", "f": { "type": "whitelist", "state": "canary", "whitelist": {{JsonSerializer.Serialize(ids)}} }""";

    private static async Task<IReadOnlyList<AuditEntry>> EntriesAsync(EditedHost host, int count)
    {
        await Eventually.EqualAsync($"{count}", async () => $"{(await Read()).Count}");
        return await Read();

        Task<IReadOnlyList<AuditEntry>> Read() => host.Get<IAuditLog>().QueryAsync(new AuditQuery { OldestFirst = true, Take = AuditQuery.MaxTake });
    }

    private static async Task AllFitAsync(EditedHost host, int entries)
    {
        Assert.All(await EntriesAsync(host, entries), entry => Assert.InRange(Size(entry), 1, 8 * 1024));
        Assert.True((await host.Get<IAuditLog>().VerifyAsync()).IsValid);
    }

    private static int Size(AuditEntry entry) => Encoding.UTF8.GetByteCount(AuditChain.Canonical(entry)) + entry.Hash.Length;
}
