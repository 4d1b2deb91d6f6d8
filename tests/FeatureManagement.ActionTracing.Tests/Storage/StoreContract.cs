using System.Globalization;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>What every store must do. A store is tested by deriving from this.</summary>
public abstract class StoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A store without content; each test gets one.</summary>
    protected abstract IActionTracingStore Store { get; }

    [Fact]
    public async Task Read_NothingWritten_IsVersionZero()
    {
        StoreChanges changes = await Store.ReadAsync("", 0, default);
        Assert.Equal(0, changes.Version);
        Assert.Empty(changes.Documents);
        Assert.Equal(new AuditBounds(AuditHead.Empty, AuditHead.Empty), await Store.ReadAuditBoundsAsync(default));
        Assert.Empty(await Store.ReadAuditAsync(new AuditQuery(), default));
    }

    [Fact]
    public async Task Commit_SeveralDocuments_AreReadSinceAVersionAndByPrefix()
    {
        Assert.Equal(1, await Write(new("flag/a", """{"a":1}""", 0), new("evidence/a", "[]", null)));
        Assert.Equal(2, await Write(new DocumentWrite("flag/b", "{}", 0)));
        Assert.Equal(3, await Write(new DocumentWrite("flag/a", "{}", 1)));

        Assert.Equal([new("evidence/a", "[]", 1), new("flag/a", "{}", 3), new StoredDocument("flag/b", "{}", 2)], await Read("", 0));
        Assert.Equal([new("flag/a", "{}", 3), new StoredDocument("flag/b", "{}", 2)], await Read("flag/", 0));
        Assert.Equal([new StoredDocument("flag/a", "{}", 3)], await Read("flag/", 2));
        Assert.Empty(await Read("flag/", 3));
        Assert.Empty(await Read("flag/", 30));
        Assert.Equal(3, (await Store.ReadAsync("none/", 0, default)).Version);
    }

    [Fact]
    public async Task Read_PrefixWithSpecialCharacters_IsTakenLiterally()
    {
        await Write(new("a%/x", "1", 0), new("ab/x", "2", 0), new("a_/x", "3", 0), new("A%/x", "4", 0));
        Assert.Equal(["a%/x"], (await Read("a%/", 0)).Select(document => document.Key));
        Assert.Equal(["a_/x"], (await Read("a_/", 0)).Select(document => document.Key));
    }

    [Fact]
    public async Task Commit_Deletion_IsAChangeLikeAnyOther()
    {
        await Write(new DocumentWrite("flag/a", "{}", 0));
        await Write(new DocumentWrite("flag/a", null, 1));
        Assert.Equal([new StoredDocument("flag/a", null, 2)], await Read("flag/", 1));
        Assert.Equal("flag/a", (await Store.CommitAsync(Of(new DocumentWrite("flag/a", "{}", 0)), default)).Conflict);
        Assert.Equal(3, await Write(new DocumentWrite("flag/a", "{}", 2)));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(2L)]
    [InlineData(99L)]
    public async Task Commit_OneUnexpectedVersion_WritesNothing(long expected)
    {
        await Write(new DocumentWrite("flag/a", "1", 0));
        var commit = new StoreCommit([new("flag/b", "new", 0), new("flag/a", "2", expected), new("flag/c", "new", null)], [Entry("updated", "a")]);
        CommitResult result = await Store.CommitAsync(commit, default);
        Assert.Equal((false, 1L, "flag/a"), (result.Committed, result.Version, result.Conflict));
        Assert.Equal([new StoredDocument("flag/a", "1", 1)], await Read("", 0));
        Assert.Empty(await Store.ReadAuditAsync(new AuditQuery(), default));
    }

    [Fact]
    public async Task Commit_EntriesAlone_RaiseTheVersion()
    {
        CommitResult result = await Store.CommitAsync(new StoreCommit([], [Entry("updated", null)]), default);
        Assert.Equal(new CommitResult(1, null), result);
        Assert.Equal(1, (await Store.ReadAsync("", 0, default)).Version);
    }

    [Fact]
    public async Task Commit_AnyText_ComesBackAsItWas()
    {
        const string Odd = "'\"\\ \u0001\t\r\n ÄÖ日本\U0001F600 %_";
        AuditEntry entry = Entry(Odd, Odd) with { Actor = Odd, Reason = Odd, Before = Odd, After = Odd, Node = Odd, Source = ChangeSource.Safety, At = Noon.AddTicks(1) };
        await Store.CommitAsync(new StoreCommit([new("flag/ä日", Odd, 0)], [entry, Entry("x", null)]), default);
        Assert.Equal([new StoredDocument("flag/ä日", Odd, 1)], await Read("flag/ä", 0));
        AuditEntry[] stored = [.. await Store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)];
        Assert.Equal(entry with { Number = 1, Version = 1, PreviousHash = AuditHead.Empty.Hash, Hash = stored[0].Hash }, stored[0]);
        Assert.Null(stored[1].Flag);
        Assert.Null(stored[1].Before);
    }

    [Fact]
    public async Task Audit_SeveralCommits_AreOneChainInTheOrderOfVersions()
    {
        await Store.CommitAsync(new StoreCommit([new("flag/a", "1", null)], [Entry("one", "a"), Entry("two", "a")]), default);
        await Write(new DocumentWrite("flag/b", "1", null));
        await Store.CommitAsync(new StoreCommit([], [Entry("three", "b")]), default);

        IReadOnlyList<AuditEntry> entries = await Store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default);
        Assert.Equal([("one", 1L, 1L), ("two", 2L, 1L), ("three", 3L, 3L)], entries.Select(entry => (entry.Action, entry.Number, entry.Version)));
        AuditHead head = AuditHead.Empty;
        foreach (AuditEntry entry in entries)
        {
            Assert.Equal(head.Append(entry, entry.Version), entry);
            head = AuditHead.Of(entry);
        }
        Assert.Equal(new AuditBounds(AuditHead.Empty, head), await Store.ReadAuditBoundsAsync(default));
    }

    [Fact]
    public async Task Audit_Queries_SelectAndPage()
    {
        for (int i = 1; i <= 9; i++)
            await Store.CommitAsync(new StoreCommit([], [Entry("do", i % 3 == 0 ? "Third" : "other") with { At = Noon.AddHours(i), Source = i % 2 == 0 ? ChangeSource.Api : ChangeSource.Rollout }]), default);

        Assert.Equal<long[]>([9, 8, 7, 6, 5, 4, 3, 2, 1], await Numbers(new AuditQuery()));
        Assert.Equal<long[]>([9, 6, 3], await Numbers(new AuditQuery { Flag = "tHIRD" }));
        Assert.Equal<long[]>([6], await Numbers(new AuditQuery { Flag = "third", Source = ChangeSource.Api }));
        Assert.Equal<long[]>([5, 4], await Numbers(new AuditQuery { From = Noon.AddHours(4), To = Noon.AddHours(6) }));
        Assert.Equal<long[]>([4], await Numbers(new AuditQuery { From = Noon.AddHours(4).ToOffset(TimeSpan.FromHours(9)), To = Noon.AddHours(5).ToOffset(TimeSpan.FromHours(-9)) }));
        Assert.Equal<long[]>([9, 8], await Numbers(new AuditQuery { Take = 2 }));
        Assert.Equal<long[]>([7, 6], await Numbers(new AuditQuery { Take = 2, Before = 8 }));
        Assert.Equal<long[]>([8, 9], await Numbers(new AuditQuery { After = 7, OldestFirst = true }));
        Assert.Equal<long[]>([4, 5], await Numbers(new AuditQuery { From = Noon.AddHours(2), To = Noon.AddHours(6), After = 3, OldestFirst = true, Take = 2 }));
        Assert.Empty(await Numbers(new AuditQuery { Flag = "none" }));
    }

    [Fact]
    public async Task Audit_ByActorAndAction_SelectsWhatIsSpelledSo()
    {
        for (int i = 1; i <= 6; i++)
            await Store.CommitAsync(new StoreCommit([], [Entry(i % 3 == 0 ? "reset" : "updated", "a") with { At = Noon.AddHours(i), Actor = i % 2 == 0 ? "bob" : "ann" }]), default);

        Assert.Equal<long[]>([6, 4, 2], await Numbers(new AuditQuery { Actor = "bob" }));
        Assert.Equal<long[]>([6, 3], await Numbers(new AuditQuery { Action = "reset" }));
        Assert.Equal<long[]>([4, 2], await Numbers(new AuditQuery { Actor = "bob", Action = "updated", Source = ChangeSource.Code, Flag = "A", To = Noon.AddHours(6), Before = 5 }));
        Assert.Empty(await Numbers(new AuditQuery { Actor = "BOB" }));
        Assert.Empty(await Numbers(new AuditQuery { Action = "bob" }));
    }

    [Fact]
    public async Task Audit_Cut_KeepsTheChainFromItsAnchor()
    {
        // The third is older than its place says: clocks may go back.
        foreach (int hour in new[] { 1, 2, 4, 3, 5 })
            await Store.CommitAsync(new StoreCommit([], [Entry("do", "a") with { At = Noon.AddHours(hour) }]), default);
        AuditEntry[] all = [.. await Store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)];

        AuditBounds bounds = await Store.CutAuditAsync(Noon.AddHours(4), default);
        Assert.Equal(new AuditBounds(AuditHead.Of(all[1]), AuditHead.Of(all[4])), bounds);
        Assert.Equal<long[]>([5, 4, 3], await Numbers(new AuditQuery()));
        Assert.Equal(bounds, await Store.CutAuditAsync(Noon, default));

        bounds = await Store.CutAuditAsync(Noon.AddHours(6), default);
        Assert.Equal(new AuditBounds(AuditHead.Of(all[4]), AuditHead.Of(all[4])), bounds);
        await Store.CommitAsync(new StoreCommit([], [Entry("do", "a")]), default);
        Assert.Equal(AuditHead.Of(all[4]).Append(Entry("do", "a"), 6), Assert.Single(await Store.ReadAuditAsync(new AuditQuery(), default)));
    }

    [Fact]
    public async Task Commit_ManyAtOnce_LosesNoneAndHasOneWinnerPerVersion()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < 10;)
            {
                StoredDocument? counter = (await Store.ReadAsync("counter", 0, default)).Documents.SingleOrDefault();
                string next = $"{int.Parse(counter?.Json ?? "0", CultureInfo.InvariantCulture) + 1}";
                CommitResult result = await Store.CommitAsync(new StoreCommit([new("counter", next, counter?.Version ?? 0)], [Entry(next, $"writer{writer}")]), default);
                if (result.Committed)
                    i++;
            }
        })));
        Assert.Equal(new StoredDocument("counter", "80", 80), Assert.Single(await Read("", 0)));
        Assert.Equal(Enumerable.Range(1, 80).Select(i => ($"{i}", (long)i, (long)i)),
            (await Store.ReadAuditAsync(new AuditQuery { OldestFirst = true, Take = 100 }, default)).Select(entry => (entry.Action, entry.Number, entry.Version)));
    }

    protected static AuditEntry Entry(string action, string? flag) =>
        new() { At = Noon, Action = action, Flag = flag, Actor = "ann", Source = ChangeSource.Code, Node = "node" };

    private static StoreCommit Of(params DocumentWrite[] writes) => new(writes, []);

    private async Task<long> Write(params DocumentWrite[] writes)
    {
        CommitResult result = await Store.CommitAsync(Of(writes), default);
        Assert.Null(result.Conflict);
        return result.Version;
    }

    private async Task<StoredDocument[]> Read(string prefix, long since) =>
        [.. (await Store.ReadAsync(prefix, since, default)).Documents.OrderBy(document => document.Key, StringComparer.Ordinal)];

    private async Task<long[]> Numbers(AuditQuery query) => [.. (await Store.ReadAuditAsync(query, default)).Select(entry => entry.Number)];
}
