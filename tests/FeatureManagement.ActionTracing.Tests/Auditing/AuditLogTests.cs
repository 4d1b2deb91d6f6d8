using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Audit;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

public sealed class AuditLogTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _store;
    private readonly FlagServices _services;

    public AuditLogTests()
    {
        _store = new SqliteStore(new SqliteFile(Path, null));
        _services = new FlagServices([Flag.On("flag"), Flag.Off("other")], before: services => services.AddSingleton<IActionTracingStore>(_store));
    }

    private string Path => _directory.File("store.db");

    private IAuditLog Log => _services.Get<IAuditLog>();

    public void Dispose()
    {
        _services.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Verify_Untouched_IsValid()
    {
        AuditVerification found = await Log.VerifyAsync();
        Assert.Equal((true, 0L, AuditHead.Empty), (found.IsValid, found.Entries, found.Head));
        await MakeChanges(5);
        found = await Log.VerifyAsync();
        Assert.Equal((true, 5L, 5L), (found.IsValid, found.Entries, found.Head.Number));
        Assert.Equal(
            $"The audit is valid: 5 entries; the last is 5 with hash {found.Head.Hash}.",
            _services.Warnings(EventIds.AuditValid).Last());
        Assert.Empty(_services.Warnings(EventIds.AuditInvalid));
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'eve' WHERE number = 3", 3, "Entry 3 was edited: its hash is not that of its content.")]
    [InlineData("UPDATE audit SET reason = NULL WHERE number = 1", 1, "Entry 1 was edited: its hash is not that of its content.")]
    [InlineData("UPDATE audit SET at = '2020-01-01T00:00:00.0000000Z' WHERE number = 5", 5, "Entry 5 was edited: its hash is not that of its content.")]
    [InlineData("UPDATE audit SET at = 'yesterday' WHERE number = 2", 2, "Entry 2 was edited: its hash is not that of its content.")]
    [InlineData("UPDATE audit SET flag_key = 'OTHER' WHERE number = 3", 3, "Entry 3 was edited: its hash is not that of its content.")]
    [InlineData("UPDATE audit SET at = replace(at, 'Z', '+00:00') WHERE number = 2", 2, "Entry 2 was edited: its hash is not that of its content.")]
    [InlineData("UPDATE audit SET source = 'nobody' WHERE number = 2", 2, "Entry 2 was edited: its hash is not that of its content.")]
    [InlineData("UPDATE audit SET version = 9 WHERE number = 4", 4, "Entry 4 was edited: its hash is not that of its content.")]
    [InlineData("DELETE FROM audit WHERE number = 2", 2, "Entry 2 is missing; the next one is 3.")]
    [InlineData("DELETE FROM audit WHERE number = 1", 1, "Entry 1 is missing; the next one is 2.")]
    [InlineData("DELETE FROM audit WHERE number >= 4", 4, "Entry 4 and what came after it were cut off; the last one was 5.")]
    [InlineData("DELETE FROM audit", 1, "Entry 1 and what came after it were cut off; the last one was 5.")]
    [InlineData("UPDATE audit SET number = 9 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 9", 2, "Entry 2 was edited: its hash is not that of its content.")]
    [InlineData("INSERT INTO audit SELECT 6, version, at, action, flag, flag_key, before, after, actor, reason, source, node, hash, hash FROM audit WHERE number = 5", 6, "Entry 6 was edited: its hash is not that of its content.")]
    public async Task Verify_TamperedByHand_NamesTheFirstBadEntry(string sql, long number, string fault)
    {
        await MakeChanges(5);
        Tamper(sql);
        AuditVerification found = await Log.VerifyAsync();
        Assert.Equal((false, number, fault), (found.IsValid, found.FirstInvalid, found.Fault));
        Assert.Equal(number - 1, found.Entries);
        Assert.Equal($"The audit was tampered with. {fault}", Assert.Single(_services.Warnings(EventIds.AuditInvalid)));
        Assert.Empty(_services.Warnings(EventIds.AuditValid));
    }

    [Fact]
    public async Task Verify_WholeEntryForgedWithItsHash_IsFoundByTheNextOne()
    {
        await MakeChanges(5);
        AuditEntry second = (await Log.QueryAsync(new AuditQuery { After = 1, OldestFirst = true, Take = 1 }))[0];
        Tamper($"UPDATE audit SET actor = 'eve', hash = '{AuditChain.HashOf(second with { Actor = "eve" })}' WHERE number = 2");
        AuditVerification found = await Log.VerifyAsync();
        Assert.Equal((3L, "Entry 3 was exchanged or moved: it is not chained to the one before it."), (found.FirstInvalid, found.Fault));
    }

    [Fact]
    public async Task Verify_LastEntryForgedWithItsHash_IsFoundByTheHead()
    {
        await MakeChanges(5);
        AuditEntry last = (await Log.QueryAsync(new AuditQuery { Take = 1 }))[0];
        Tamper($"UPDATE audit SET actor = 'eve', hash = '{AuditChain.HashOf(last with { Actor = "eve" })}' WHERE number = 5");
        AuditVerification found = await Log.VerifyAsync();
        Assert.Equal((5L, "Entry 5 is not the one that was written last."), (found.FirstInvalid, found.Fault));
    }

    [Fact]
    public async Task Verify_EntryAddedWithItsHash_IsFoundByTheHead()
    {
        await MakeChanges(5);
        AuditEntry last = (await Log.QueryAsync(new AuditQuery { Take = 1 }))[0];
        string hash = AuditChain.HashOf(last with { Number = 6, PreviousHash = last.Hash });
        Tamper($"""
            INSERT INTO audit
            SELECT 6, version, at, action, flag, flag_key, before, after, actor, reason, source, node, hash, '{hash}' FROM audit WHERE number = 5
            """);
        AuditVerification found = await Log.VerifyAsync();
        Assert.Equal((6L, "Entry 6 was not written by this package; the last one was 5."), (found.FirstInvalid, found.Fault));
    }

    [Fact]
    public async Task Verify_WhileRetentionRemovesWhatIsRead_BeginsAgain()
    {
        var store = new PagedAudit(5);
        using FlagServices services = Start(store);
        store.BeforePage = () => store.Cut(4); // once: the page then begins with the fifth entry
        AuditVerification found = await services.Get<IAuditLog>().VerifyAsync();
        Assert.Equal((true, 1L, 5L), (found.IsValid, found.Entries, found.Head.Number));
        Assert.Single(services.Warnings(EventIds.AuditValid));
        Assert.Empty(services.Warnings(EventIds.AuditInvalid));
    }

    [Fact]
    public async Task Verify_AFault_EndsTheReadingOfTheNextPage()
    {
        var store = new PagedAudit(5) { Forged = 3, IsSecondPageEndless = true };
        using FlagServices services = Start(store);
        AuditVerification found = await services.Get<IAuditLog>().VerifyAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((3L, 2L), (found.FirstInvalid, found.Entries));
    }

    [Fact]
    public async Task Verify_AfterRetention_IsValidFromItsAnchorOn()
    {
        await MakeChanges(5);
        AuditEntry third = (await Log.QueryAsync(new AuditQuery { After = 2, OldestFirst = true, Take = 1 }))[0];
        await _store.State.CutAuditAsync(third.At, default);
        AuditVerification found = await Log.VerifyAsync();
        Assert.Equal((true, 3L), (found.IsValid, found.Entries));
        Tamper("UPDATE audit SET actor = 'eve' WHERE number = 5");
        found = await Log.VerifyAsync();
        Assert.Equal((5L, 2L), (found.FirstInvalid, found.Entries));
        Tamper("DELETE FROM audit WHERE number = 3");
        Assert.Equal(3, (await Log.VerifyAsync()).FirstInvalid);
    }

    [Fact]
    public async Task Verify_MoreThanAPage_ReadsAll()
    {
        AuditEntry[] entries = [.. Enumerable.Range(0, 2_500).Select(i => new AuditEntry
        {
            At = DateTimeOffset.UnixEpoch, Action = $"{i}", Actor = "a", Instance = "n", Source = ChangeSource.Code,
        })];
        await _store.State.CommitAsync(new StoreCommit([], entries), default);
        Assert.Equal(2_500, (await Log.VerifyAsync()).Entries);
        Tamper("UPDATE audit SET action = 'x' WHERE number = 2400");
        Assert.Equal(2_400, (await Log.VerifyAsync()).FirstInvalid);
    }

    [Fact]
    public void Canonical_AnEntry_IsAsTheDocumentationHasIt()
    {
        var entry = new AuditEntry
        {
            Number = 7,
            Version = 9,
            At = new DateTimeOffset(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)),
            Action = "updated",
            Flag = "größe",
            Before = "{}",
            After = null,
            Actor = "ann",
            Reason = "",
            Source = ChangeSource.Api,
            Instance = "web-1/42",
            PreviousHash = "ab",
        };
        Assert.Equal("2:ab,1:7,1:9,28:2026-01-02T03:04:05.0000000Z,8:web-1/42,3:api,3:ann,7:updated,7:größe,2:{},-,0:,", AuditChain.Canonical(entry));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public async Task Query_TooManyOrNone_IsRefused(int take) =>
        Assert.StartsWith($"Take is {take}; it must be 1 to 1000.", (await Assert.ThrowsAsync<ArgumentException>(() => Log.QueryAsync(new AuditQuery { Take = take }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Query_Null_IsRefused() =>
        Assert.Equal("query", (await Assert.ThrowsAsync<ArgumentNullException>(() => Log.QueryAsync(null!))).ParamName); // on purpose

    [Fact]
    public void Entry_BeforeItIsChained_HasNoHashes()
    {
        AuditEntry entry = PagedAudit.Entry(1);
        Assert.Equal((0L, 0L, "", ""), (entry.Number, entry.Version, entry.PreviousHash, entry.Hash));
    }

    private static FlagServices Start(PagedAudit store) =>
        new([Flag.On("flag")], before: services => services.AddSingleton<IActionTracingStore>(new PartStore { State = store }));

    private async Task MakeChanges(int count)
    {
        for (int i = 0; i < count; i++)
            await _services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = i + 1 }, new FlagChange("ann", $"change {i}"));
    }

    private void Tamper(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        SqliteFile.Execute(connection, sql);
    }

    /// <summary>An audit of which a test cuts, forges and delays pages.</summary>
    private sealed class PagedAudit : IStateStore
    {
        private readonly IStateStore _inner = new InMemoryStore().State;
        private int _pages;

        public PagedAudit(int entries) =>
            _inner.CommitAsync(new StoreCommit([], [.. Enumerable.Range(1, entries).Select(Entry)]), default).GetAwaiter().GetResult();

        public Action? BeforePage { get; set; }

        /// <summary>The number of an entry that is read otherwise than it was written; 0 for none.</summary>
        public long Forged { get; init; }

        public bool IsSecondPageEndless { get; init; }

        public bool IsDurable => false;

        public static AuditEntry Entry(int number) => new()
        {
            At = DateTimeOffset.UnixEpoch.AddDays(number),
            Action = "updated",
            Actor = "ann",
            Instance = "node",
            Source = ChangeSource.Code,
        };

        public void Cut(int entries)
        {
            _inner.CutAuditAsync(DateTimeOffset.UnixEpoch.AddDays(entries + 1), default).GetAwaiter().GetResult();
            BeforePage = null;
        }

        public Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken) =>
            _inner.ReadAsync(prefix, since, cancellationToken);

        public Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken) =>
            _inner.CommitAsync(commit, cancellationToken);

        public Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken) => _inner.ReadAuditBoundsAsync(cancellationToken);

        public Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
            _inner.CutAuditAsync(before, cancellationToken);

        public async Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken)
        {
            BeforePage?.Invoke();
            if (++_pages == 2 && IsSecondPageEndless)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            IReadOnlyList<AuditEntry> page = await _inner.ReadAuditAsync(query, cancellationToken);
            return [.. page.Select(entry => entry.Number == Forged ? entry with { Actor = "eve" } : entry)];
        }
    }
}
