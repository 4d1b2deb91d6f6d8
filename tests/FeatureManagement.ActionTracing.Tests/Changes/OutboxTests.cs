using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>What is in force before it is stored: it is stored in order, once, over what other instances did meanwhile.</summary>
public sealed class OutboxTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");
    private static readonly FlagDefinition[] Flags = [Flag.Percentage("Flag", 10), Flag.On("other")];

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly SwitchedStore _store = new();
    private readonly FlagServices _services;

    public OutboxTests() => _services = Start(_store, Flags);

    private IFeatureFlagManager Manager => _services.Manager;

    private StoreReport Report => _services.Get<IActionTracingStoreStatus>().Current;

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData("FLAG", true, "Flag")]
    [InlineData("FLAG", false, "FLAG")] // configuration does not spell it any more
    public async Task Flush_OthersAreFasterEveryTime_GivesUpAndStoresLater(string flag, bool configured, string name)
    {
        _store.Fault = new IOException("down");
        await Manager.EmergencyShutdownAsync(flag, Change);
        _store.Fault = null;
        if (!configured)
            _services.Flags.Set(Flag.On("other"));
        int attempts = 0;
        _store.BeforeCommit = commit => BeFasterAsync(commit, () => ++attempts > 0);

        FlagChangeException failed = await Assert.ThrowsAsync<FlagChangeException>(() => SyncAsync(_services));
        Assert.Equal(
            (FlagChangeError.StoreUnavailable,
                $"Changes that are in force are stored first, and the one of flag '{name}' conflicted with changes by other "
                    + "instances 20 times; nothing else was changed. Try again."),
            (failed.Error, failed.Message));
        Assert.Equal((20, 1), (attempts, Report.OutboxChanges));

        _store.BeforeCommit = null;
        await SyncAsync(_services);
        Assert.Equal(0, Report.OutboxChanges);
        using FlagServices restarted = Start(_store, Flags);
        await SyncAsync(restarted);
        Assert.Equal("because", restarted.Manager.GetFlag("flag")!.Emergency?.Reason); // it is configured there
    }

    [Fact]
    public async Task Flush_OthersAreFasterNineteenTimesForEach_StoresBothInOrder()
    {
        await SyncAsync(_services);
        await Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = 1 }, Change);
        await SyncAsync(_services);
        _store.Fault = new IOException("down");
        await Manager.EmergencyShutdownAsync("flag", Change);
        await Manager.EmergencyShutdownAsync("other", Change);
        _store.Fault = null;
        var attempts = new Dictionary<string, int>();
        List<long> reads = [];
        _store.BeforeCommit = commit => BeFasterAsync(commit, () =>
        {
            string key = commit.Writes[0].Key;
            attempts[key] = attempts.GetValueOrDefault(key) + 1;
            return attempts[key] < 20;
        });
        _store.BeforeRead = reads.Add;

        await SyncAsync(_services);
        Assert.Equal([20, 20], attempts.Values);
        Assert.Equal(0, Report.OutboxChanges);
        Assert.True(Manager.GetFlag("flag")!.IsStored && Manager.GetFlag("other")!.IsStored); // both are configured
        Assert.Equal(["updated other", "emergency Flag", "emergency other"], await AuditAsync());
        // After the first conflict only what is new is read, and then everything.
        Assert.Equal([false, false, true, true], reads.Take(4).Select(since => since == 0));
    }

    // Each of its versions is one that the other store had too, so that nothing shows that it is another one.
    [Fact]
    public async Task Flush_StoreReplacedByOneThatHasGrownPastIt_StoresOverItsRecord()
    {
        for (int i = 1; i <= 3; i++)
            await Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = i }, Change);
        _store.Inner = new InMemoryStore();
        using (FlagServices another = Start(_store, Flags))
        {
            await another.Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = 50 }, Change);
            for (int i = 1; i <= 9; i++)
                await another.Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = i }, Change);
        }
        Assert.True((await Manager.EmergencyShutdownAsync("flag", Change)).IsStored);
        Assert.Equal(50, Manager.GetFlag("flag")!.Definition.Percentage); // it is configured
    }

    [Fact]
    public async Task Flush_AnotherInstanceDidTheSameFirst_WritesNothing()
    {
        await SyncAsync(_services);
        _store.BeforeCommit = async _ =>
        {
            _store.BeforeCommit = null;
            using FlagServices another = Start(_store, Flags);
            await another.Manager.EmergencyShutdownAsync("flag", new FlagChange("bob", "first"));
        };
        EmergencyResult result = await Manager.EmergencyShutdownAsync("flag", Change);
        Assert.Equal((true, "bob"), (result.IsStored, result.Flag.Emergency?.Actor));
        Assert.True(Manager.GetFlag("flag")!.IsStored); // it is configured
        Assert.Equal(["emergency Flag"], await AuditAsync());
        Assert.Equal(0, Report.OutboxChanges);
    }

    [Fact]
    public async Task Flush_WhatWasAskedForIsNoLongerThere_WritesNothingAndTakesTheOthersRecord()
    {
        await SyncAsync(_services);
        _store.Fault = new IOException("down");
        var flags = _services.Get<FlagApplier>();
        AppliedChange applied = await flags.ApplyAsync(Edit("flag", record => record with { AutoStarted = "x" }), default);
        Assert.False(applied.Stored);
        _store.Fault = null;
        using (FlagServices another = Start(_store, Flags))
            await another.Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = 50 }, Change);

        await SyncAsync(_services);
        Assert.Equal(0, Report.OutboxChanges);
        Assert.Equal(["updated Flag"], await AuditAsync());
        FlagStatus status = Manager.GetFlag("flag")!; // it is configured
        Assert.Equal((50m, true), (status.Definition.Percentage, status.IsStored));

        static FlagEdit Edit(string flag, Func<FlagRecord, FlagRecord> change) => new()
        {
            Flag = flag,
            Action = "updated",
            Change = Change,
            At = DateTimeOffset.UnixEpoch,
            Decide = (_, record) => record.Override is null
                ? change(record)
                : throw new FlagChangeException(FlagChangeError.Conflict, "No longer."),
        };
    }

    [Fact]
    public async Task Commit_ByAnInstanceThatHasReadNothing_KnowsWhatIsStored()
    {
        await Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = 20 }, Change);
        using FlagServices fresh = Start(_store, Flags);
        Assert.Equal(10, (await fresh.Manager.ResetFlagAsync("flag", Change)).Definition.Percentage);
    }

    [Fact]
    public async Task Edit_WhileTheStoreIsDown_WaitsInOrderWithTheChanges()
    {
        await SyncAsync(_services);
        _store.Fault = new IOException("down");
        _time.Advance(TimeSpan.FromMinutes(1));
        _services.Flags.Set(Flag.Percentage("Flag", 20), Flag.Off("other"));
        DateTimeOffset edited = _time.GetUtcNow();
        Assert.Equal((0, 2, edited), (Report.OutboxChanges, Report.OutboxAuditEntries, Report.OutboxSince));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Manager.EmergencyShutdownAsync("flag", Change);
        Assert.Equal((1, 2, edited), (Report.OutboxChanges, Report.OutboxAuditEntries, Report.OutboxSince));
        Assert.Empty(Report.Forgotten);

        _store.Fault = null;
        await SyncAsync(_services);
        Assert.Equal((0, 0, null), (Report.OutboxChanges, Report.OutboxAuditEntries, Report.OutboxSince));
        Assert.Equal(["configured Flag", "configured other", "emergency Flag"], await AuditAsync());
    }

    [Fact]
    public async Task Emergency_WhileAnEarlierOneWaits_WaitsSinceTheEarlierOne()
    {
        await SyncAsync(_services);
        _store.Fault = new IOException("down");
        DateTimeOffset first = _time.GetUtcNow();
        await Manager.EmergencyShutdownAsync("flag", Change);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Manager.EmergencyShutdownAsync("other", Change);
        Assert.Equal((2, 0, first), (Report.OutboxChanges, Report.OutboxAuditEntries, Report.OutboxSince));
    }

    /// <summary>A store that was replaced and no longer has an emergency.</summary>
    [Theory]
    [InlineData(true, "Flag")]
    [InlineData(false, "FLAG")] // configuration no longer has the flag
    public async Task Sync_StoreForgotAnEmergency_StoresItAgainAndSaysWhy(bool configured, string name)
    {
        await Manager.EmergencyShutdownAsync("FLAG", Change);
        if (!configured)
            _services.Flags.Set(Flag.On("other"));
        _store.Inner = new InMemoryStore();
        _store.BeforeCommit = _ => throw new IOException("down");
        await Assert.ThrowsAsync<FlagChangeException>(() => SyncAsync(_services));
        Assert.Equal([name], Report.Forgotten);
        Assert.Equal(1, Report.OutboxChanges);

        _store.BeforeCommit = null;
        await SyncAsync(_services);
        AuditEntry entry = Assert.Single(await _store.ReadAuditAsync(new AuditQuery { Action = "emergency" }, default));
        Assert.Equal(
            (name, "ann", "the store was replaced and no longer had this: because", ChangeSource.Safety),
            (entry.Flag, entry.Actor, entry.Reason, entry.Source));
        Assert.Empty(Report.Forgotten);
        using FlagServices restarted = Start(_store, Flags);
        await SyncAsync(restarted);
        FlagEmergency? stored = restarted.Manager.GetFlag("flag")!.Emergency; // it is configured there
        Assert.Equal(("because", "ann"), (stored?.Reason, stored?.Actor));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // configuration no longer has the flag
    public async Task Sync_StoreForgotAnEmergencyThatAnotherInstanceCallsAgain_KeepsTheOthers(bool configured)
    {
        await Manager.EmergencyShutdownAsync("flag", Change);
        if (!configured)
            _services.Flags.Set(Flag.On("other"));
        _store.Inner = new InMemoryStore();
        _store.BeforeCommit = async _ =>
        {
            _store.BeforeCommit = null;
            using FlagServices another = Start(_store, Flags);
            await another.Manager.EmergencyShutdownAsync("flag", new FlagChange("bob", "again"));
        };
        await SyncAsync(_services);
        Assert.Equal("bob", Assert.Single(await _store.ReadAuditAsync(new AuditQuery { Action = "emergency" }, default)).Actor);
        Assert.Empty(Report.Forgotten);
    }

    [Fact]
    public async Task Sync_StoreForgotARollback_RollsBackAgain()
    {
        var rollouts = _services.Get<IRolloutManager>();
        await rollouts.StartAsync("flag", Change, new RolloutConfig { StartPercentage = 30 });
        IActionTracingStore copy = await CopyAsync();
        await rollouts.RollBackAsync("flag", new FlagChange("bob", "too slow"));
        _store.Inner = copy;
        Assert.NotEqual(30, Manager.GetFlag("flag")!.Definition.Percentage); // it is configured

        await SyncAsync(_services);
        AuditEntry entry = Assert.Single(await _store.ReadAuditAsync(new AuditQuery { Action = "rollout_rolled_back" }, default));
        Assert.Equal(
            ("Flag", "bob", "the store was replaced and no longer had this: too slow", ChangeSource.Safety),
            (entry.Flag, entry.Actor, entry.Reason, entry.Source));
        Assert.Equal(10, Manager.GetFlag("flag")!.Definition.Percentage); // it is configured
        Assert.Equal((0, 0), (Report.OutboxChanges, Report.Forgotten.Count));
    }

    [Fact]
    public async Task Sync_StoreHasAnotherRolloutThanTheOneRolledBack_KeepsTheStores()
    {
        var rollouts = _services.Get<IRolloutManager>();
        await rollouts.StartAsync("flag", Change, new RolloutConfig { StartPercentage = 30 });
        await rollouts.RollBackAsync("flag", Change);
        _store.Inner = new InMemoryStore();
        using (FlagServices another = Start(_store, Flags))
            await another.Get<IRolloutManager>().StartAsync("flag", Change, new RolloutConfig { StartPercentage = 40 });

        await SyncAsync(_services);
        Assert.Equal(40, Manager.GetFlag("flag")!.Definition.Percentage); // it is configured
        Assert.Equal(["rollout_started Flag"], await AuditAsync());
    }

    [Fact]
    public async Task Sync_StoreReplacedByOneThatHasTheEmergency_ForgetsNothing()
    {
        await Manager.EmergencyShutdownAsync("flag", Change);
        await Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = 1 }, Change);
        IActionTracingStore copy = await CopyAsync();
        await Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = 2 }, Change);
        _store.Inner = copy;
        await SyncAsync(_services);
        Assert.Empty(await AuditAsync());
        Assert.Equal(1, Manager.GetFlag("other")!.Definition.Percentage); // it is configured
        Assert.Equal("because", Manager.GetFlag("flag")!.Emergency?.Reason); // it is configured
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // configuration no longer has the flag
    public async Task Sync_StoreForgotAnEmergencyAndHasARollout_StoresTheEmergencyAndEndsTheRollout(bool configured)
    {
        for (int i = 1; i <= 9; i++)
            await Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = i }, Change);
        await Manager.EmergencyShutdownAsync("flag", Change);
        _store.Inner = new InMemoryStore();
        using FlagServices another = Start(_store, Flags);
        await another.Get<IRolloutManager>().StartAsync("flag", Change, new RolloutConfig { StartPercentage = 30 });
        if (!configured)
            _services.Flags.Set(Flag.On("other"));
        await SyncAsync(_services);
        await SyncAsync(another);
        Assert.Equal("because", another.Manager.GetFlag("flag")!.Emergency?.Reason); // it is configured there
        if (configured)
            Assert.Equal(RolloutPhase.RolledBack, another.Get<IRolloutManager>().GetStatus("flag")?.Phase);
    }

    [Fact]
    public async Task Sync_StoreForgotARollbackThatAnotherInstanceMakesAgain_KeepsTheOthers()
    {
        var rollouts = _services.Get<IRolloutManager>();
        await rollouts.StartAsync("flag", Change, new RolloutConfig { StartPercentage = 30 });
        IActionTracingStore copy = await CopyAsync();
        await rollouts.RollBackAsync("flag", Change);
        _store.Inner = copy;
        _store.BeforeCommit = async _ =>
        {
            _store.BeforeCommit = null;
            using FlagServices another = Start(_store, Flags);
            await SyncAsync(another);
            await another.Get<IRolloutManager>().RollBackAsync("flag", new FlagChange("bob", "again"));
        };
        await SyncAsync(_services);
        Assert.Equal("bob", Assert.Single(await _store.ReadAuditAsync(new AuditQuery { Action = "rollout_rolled_back" }, default)).Actor);
        Assert.Equal("bob", rollouts.GetStatus("flag")!.Actor); // it had a rollout
    }

    [Fact]
    public async Task Emergency_OnceItIsInForce_IsCountedAndLoggedAtOnce()
    {
        using var counted = new MetricCollector<long>(_services.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.emergencies");
        _store.Fault = new IOException("down");
        await Manager.EmergencyShutdownAsync("FLAG", Change);
        Assert.Equal("Flag", Assert.Single(counted.GetMeasurementSnapshot()).Tags["feature_flag.key"]);
        Assert.Contains("because", Assert.Single(_services.Warnings(EventIds.FlagApplied)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emergency_StoredAndTheStoreFailsSince_IsNotSaidToBeStored()
    {
        Assert.True((await Manager.EmergencyShutdownAsync("flag", Change)).IsStored);
        _store.Fault = new IOException("down");
        Assert.False((await Manager.EmergencyShutdownAsync("flag", Change)).IsStored); // perhaps it is another store now
        _store.Fault = null;
        Assert.True((await Manager.EmergencyShutdownAsync("flag", Change)).IsStored);
    }

    [Fact]
    public async Task Apply_WithoutAReason_ChangesNothing()
    {
        var edit = new FlagEdit
        {
            Flag = "flag",
            Action = "updated",
            Change = new FlagChange("ann", " "),
            At = DateTimeOffset.UnixEpoch,
            Decide = (_, record) => record with { AutoStarted = "x" },
        };
        var refused = await Assert.ThrowsAsync<FlagChangeException>(() => _services.Get<FlagApplier>().ApplyAsync(edit, default));
        Assert.Equal(FlagChangeError.Invalid, refused.Error);
        Assert.Equal(VersionedRecord.None, _services.Get<SnapshotSource>().Layer("flag"));
        Assert.Empty(await AuditAsync());
    }

    private static Task SyncAsync(FlagServices services) => services.Get<StoreSynchronizer>().SyncAsync(default);

    private FlagServices Start(IActionTracingStore store, FlagDefinition[] flags) => new(flags, before: services => services
        .AddSingleton(store)
        .AddSingleton<TimeProvider>(_time));

    private async Task<string[]> AuditAsync()
    {
        IReadOnlyList<AuditEntry> entries = await _store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default);
        return [.. entries.Select(entry => $"{entry.Action} {entry.Flag}")];
    }

    /// <summary>The documents of the store, all of one version, and no audit.</summary>
    private async Task<IActionTracingStore> CopyAsync()
    {
        var copy = new InMemoryStore();
        IReadOnlyList<StoredDocument> documents = (await _store.ReadAsync("", 0, default)).Documents;
        DocumentWrite[] writes = [.. documents.Select(document => new DocumentWrite(document.Key, document.Json, null))];
        await copy.State.CommitAsync(new StoreCommit(writes, []), default);
        return copy;
    }

    /// <summary>Another instance writes the record that a commit is about, without a change, just before it.</summary>
    private async Task BeFasterAsync(StoreCommit commit, Func<bool> isFaster)
    {
        string key = commit.Writes[0].Key;
        if (!key.StartsWith("flag/", StringComparison.Ordinal) || !isFaster())
            return;
        StoredDocument? document = (await _store.Inner.State.ReadAsync(key, 0, default)).Documents.SingleOrDefault();
        await _store.Inner.State.CommitAsync(new StoreCommit([new DocumentWrite(key, document?.Json ?? "{}", null)], []), default);
    }
}
