using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Changes;

public sealed class StoreSyncTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();
    private readonly SwitchedStore _store = new();
    private readonly FlagServices _services;
    private readonly StoreSync _sync;

    public StoreSyncTests()
    {
        _services = Start();
        _sync = _services.Provider.GetServices<IHostedService>().OfType<StoreSync>().Single();
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Start_StoreInMemory_Warns()
    {
        await _sync.StartingAsync(default);
        Assert.Single(Logged(206, LogLevel.Warning));
        Assert.True(_services.Get<IActionTracingStoreStatus>().Current is { IsLoaded: true, IsDurable: false, Error: null });
    }

    [Fact]
    public async Task Start_StoreDown_RunsOnConfigurationUntilTheFirstLoad()
    {
        using (FlagServices before = Start())
            await before.Manager.EmergencyShutdownAsync("flag", Change);
        _store.Fault = new IOException("no such disk");
        await _sync.StartingAsync(default);
        await _sync.StartAsync(default);
        Assert.Contains("no such disk", Assert.Single(Logged(207, LogLevel.Critical)).Message, StringComparison.Ordinal);
        var status = _services.Get<IActionTracingStoreStatus>();
        Assert.True(status.Current is { IsLoaded: false, Error: "The store failed: no such disk." });
        Assert.False(_services.Get<StoreRefresher>().IsLoaded);
        Assert.True(_services.Manager.IsEnabled("flag"));

        _store.Fault = null;
        Eventually.True(() => Polled(() => status.Current is { IsLoaded: true, Error: null }), () => $"{status.Current}");
        Assert.False(_services.Manager.IsEnabled("flag"));
        await _sync.StopAsync(default);
    }

    [Fact]
    public async Task Start_StateCannotBePutInForce_TheCriticalLineSaysWhy()
    {
        await _services.Manager.EmergencyShutdownAsync("flag", Change);
        using FlagServices services = Start();
        services.Get<SnapshotSource>().Applying += (_, _) => throw new InvalidOperationException("no room");
        StoreSync sync = services.Provider.GetServices<IHostedService>().OfType<StoreSync>().Single();
        await sync.StartingAsync(default);
        Assert.EndsWith("Changes cannot be exchanged with the store: no room", Assert.Single(Logged(207, LogLevel.Critical)).Message, StringComparison.Ordinal);
        await sync.StopAsync(default);
    }

    [Fact]
    public async Task Start_StoreThatIsSlow_TakesNoLongerThanTheTimeout()
    {
        using var directory = new TempDirectory();
        using var file = new SqliteStore(new SqliteFile(directory.File("store.db"), null));
        using var reached = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        _store.Inner = file;
        _store.BeforeCommit = _ =>
        {
            reached.Release();
            return goOn.WaitAsync();
        };
        using FlagServices services = Start();
        StoreSync sync = services.Provider.GetServices<IHostedService>().OfType<StoreSync>().Single();
        Task start = sync.StartingAsync(default);
        for (int call = 0; call < 2; call++) // neither takes as long as a call may
        {
            Assert.True(await reached.WaitAsync(TimeSpan.FromSeconds(30)));
            _time.Advance(services.Flags.Catalog.Settings.DefaultTimeout * 0.6);
            if (call == 0)
                goOn.Release();
        }
        await start.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(services.Get<StoreRefresher>().IsLoaded);
        Assert.Empty(Logged(207, LogLevel.Critical));
        _store.BeforeCommit = null;
        goOn.Release();
        await sync.StopAsync(default);
    }

    [Fact]
    public async Task Poll_ChangesByAnotherProcessAndPendingOnes_AreSeenAndWritten()
    {
        await _sync.StartingAsync(default);
        await _sync.StartAsync(default);
        using FlagServices other = Start();
        await other.Manager.EmergencyShutdownAsync("flag", Change);
        Eventually.True(() => Polled(() => !_services.Manager.IsEnabled("flag")), () => "still on");

        _store.Fault = new IOException("down");
        Assert.False((await _services.Manager.EmergencyShutdownAsync("other", Change)).IsStored);
        _store.Fault = null;
        Eventually.True(() => Polled(() => _services.Manager.GetFlag("other")!.IsStored), () => "still in the outbox");
        await _sync.StopAsync(default);
    }

    [Fact]
    public async Task Sync_WhatWasChangedHere_IsNotTakenForAnothersChange()
    {
        var synchronizer = _services.Get<StoreSynchronizer>();
        await _sync.StartingAsync(default); // the store is empty
        await _services.Manager.UpdateFlagAsync("flag", new FlagUpdate { State = FlagState.Disabled }, Change);
        await synchronizer.SyncAsync(default);
        Assert.Empty(Logged(203, LogLevel.Information));

        using FlagServices another = Start();
        await another.Manager.UpdateFlagAsync("OTHER", new FlagUpdate { State = FlagState.Disabled }, Change);
        await synchronizer.SyncAsync(default);
        Assert.StartsWith("Flag 'other' was changed by another instance; it is now ", Assert.Single(Logged(203, LogLevel.Information)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_StoreReplacedByOneOfTheSameVersionAndOtherContent_SaysWhatChanged()
    {
        await _sync.StartingAsync(default);
        await _services.Manager.UpdateFlagAsync("flag", new FlagUpdate { State = FlagState.Disabled }, Change);
        await _services.Manager.UpdateFlagAsync("other", new FlagUpdate { State = FlagState.Disabled }, Change);
        var copy = new InMemoryStore();
        StoredDocument document = (await _store.ReadAsync(FlagRecords.KeyOf("flag"), 0, default)).Documents.Single();
        for (int version = 1; version < document.Version; version++)
            await copy.State.CommitAsync(new StoreCommit([new DocumentWrite("else", "{}", null)], []), default);
        string edited = document.Json!.Replace("disabled", "enabled", StringComparison.Ordinal); // a flag's record is there
        await copy.State.CommitAsync(new StoreCommit([new DocumentWrite(document.Key, edited, null)], []), default);
        _store.Inner = copy;

        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.True(_services.Manager.IsEnabled("flag"));
        Assert.Contains(Logged(203, LogLevel.Information), log => log.Message.StartsWith("Flag 'flag' was changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Poll_WritingFailsAndNothingWaits_IsAFaultUntilWritingWorks()
    {
        await _sync.StartingAsync(default);
        await _sync.StartAsync(default);
        int attempts = 0;
        _store.BeforeCommit = _ =>
        {
            attempts++;
            throw new IOException("disk full");
        };
        await Assert.ThrowsAsync<FlagChangeException>(() => _services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = 1 }, Change));
        var status = _services.Get<IActionTracingStoreStatus>();
        Eventually.True(() => Polled(() => attempts > 3), () => "not tried again");
        Assert.Equal(("The store failed: disk full.", 0), (status.Current.Error, status.Current.OutboxChanges)); // though every poll could read
        Assert.Single(Logged(230, LogLevel.Error));
        Assert.Empty(Logged(231, LogLevel.Information));
        _store.BeforeCommit = null;
        Eventually.True(() => Polled(() => status.Current is { Error: null, FailingSince: null }), () => $"{status.Current}");
        await _sync.StopAsync(default); // the line is written after the status
        Assert.Single(Logged(231, LogLevel.Information));
    }

    [Fact]
    public async Task Stop_WithPendingChanges_TriesOnceMore()
    {
        await _sync.StartingAsync(default);
        _store.Fault = new IOException("down");
        await _services.Manager.EmergencyShutdownAsync("flag", Change);
        await _sync.StopAsync(default);
        Assert.Single(Logged(209, LogLevel.Critical));
        _store.Fault = null;
        await _sync.StopAsync(default);
        Assert.Equal(0, _services.Get<IActionTracingStoreStatus>().Current.OutboxChanges);
    }

    [Fact]
    public async Task Stop_TimeHasRunOut_TriesAllTheSame()
    {
        await _sync.StartingAsync(default);
        _store.Fault = new IOException("down");
        await _services.Manager.EmergencyShutdownAsync("flag", Change);
        _store.Fault = null;
        await _sync.StopAsync(new CancellationToken(canceled: true));
        Assert.Equal(0, _services.Get<IActionTracingStoreStatus>().Current.OutboxChanges);
        Assert.Empty(Logged(209, LogLevel.Critical));
    }

    [Fact]
    public async Task Pending_WherePollsAreRare_IsTriedAgainWithinASecond()
    {
        _services.Flags.Set([Flag.On("flag")], _services.Flags.Catalog.Settings with { StorePollInterval = TimeSpan.FromHours(1) });
        await _sync.StartingAsync(default);
        await _sync.StartAsync(default);
        _store.Fault = new IOException("down");
        Assert.False((await _services.Manager.EmergencyShutdownAsync("flag", Change)).IsStored);
        _store.Fault = null;
        DateTimeOffset start = _time.GetUtcNow();
        Eventually.True(() => Polled(() => _services.Manager.GetFlag("flag")!.IsStored), () => "still in the outbox");
        Assert.True(_time.GetUtcNow() - start < TimeSpan.FromHours(1));
        await _sync.StopAsync(default);
    }

    [Fact]
    public async Task Pending_LongerThanTheTimeout_IsOverdueUntilItIsStored()
    {
        await _sync.StartingAsync(default);
        _store.BeforeCommit = _ => throw new IOException("down");
        Assert.False((await _services.Manager.EmergencyShutdownAsync("flag", Change)).IsStored);
        var status = _services.Get<IActionTracingStoreStatus>();
        Assert.Equal((_time.GetUtcNow(), false), (status.Current.OutboxSince, status.Current.IsOverdue));
        _time.Advance(_services.Flags.Catalog.Settings.DefaultTimeout + TimeSpan.FromMilliseconds(1));
        Assert.True(status.Current.IsOverdue);
        _store.BeforeCommit = null;
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.True(status.Current is { IsOverdue: false, OutboxSince: null, OutboxChanges: 0 });
    }

    [Fact]
    public async Task StoreThatCannotBeRead_FailsAReadAsStoreException_AndAChangeAsFlagChangeException()
    {
        await _sync.StartingAsync(default);
        var cause = new IOException("down");
        _store.Fault = cause;
        StoreException read = await Assert.ThrowsAsync<StoreException>(() => _services.Get<StoreSynchronizer>().SyncAsync(default));
        Assert.Equal(("The store failed: down.", cause), (read.Message, read.InnerException));
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(
            () => _services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = 1 }, Change, expectedVersion: 7));
        Assert.Equal((FlagChangeError.StoreUnavailable, "The store failed: down.", cause), (refused.Error, refused.Message, refused.InnerException));
    }

    [Fact]
    public async Task StoreReplacedByOneThatForgotAnEmergency_TheEmergencyStaysAndIsStoredAgain()
    {
        await _sync.StartingAsync(default);
        Assert.True((await _services.Manager.EmergencyShutdownAsync("flag", Change)).IsStored);
        _store.Inner = new InMemoryStore();
        _store.BeforeCommit = _ => throw new IOException("down");
        await Assert.ThrowsAsync<FlagChangeException>(() => _services.Get<StoreSynchronizer>().SyncAsync(default));
        var status = _services.Get<IActionTracingStoreStatus>();
        Assert.Equal(["flag"], status.Current.Forgotten);
        Assert.False(_services.Manager.IsEnabled("flag"));
        Assert.False((await _services.Manager.EmergencyShutdownAsync("flag", Change)).IsStored); // in force, and not where it was
        _store.BeforeCommit = null;
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.True(status.Current is { Forgotten: [], OutboxChanges: 0 });
        using FlagServices restarted = Start();
        await restarted.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal("because", restarted.Manager.GetFlag("flag")!.Emergency!.Reason);
    }

    private bool Polled(Func<bool> condition)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    }

    private FlagServices Start() => new([Flag.On("flag"), Flag.On("other")], before: services => services
        .AddSingleton<IActionTracingStore>(_store)
        .AddSingleton<TimeProvider>(_time)
        .AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs))));

    private IEnumerable<FakeLogRecord> Logged(int id, LogLevel level) => _logs.GetSnapshot().Where(record => record.Id.Id == id && record.Level == level);
}
