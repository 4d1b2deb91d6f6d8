using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>Several instances over one file, each with a configuration of its own, as during a deployment.</summary>
public sealed class InstanceRegistryTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly TempDirectory _directory = new();
    private readonly JumpingClock _time = new();
    private readonly List<IDisposable> _opened = [];
    private Exception? _fault; // of every commit
    private Func<StoreCommit, Exception?>? _refused;

    public void Dispose()
    {
        foreach (IDisposable opened in _opened)
            opened.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Start_WhileAnInstanceWithAnotherConfigurationIsAlive_EndsNothing()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        FlagServices young = await Start(20);
        Assert.Equal((20m, FlagSource.Configuration), Now(young));
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            await Sync(old);
            await Sync(young);
        }
        Assert.Equal((50m, FlagSource.Override), Now(old));

        await old.Get<StoreSynchronizer>().LeaveAsync();
        await Sync(young);
        Assert.Equal(["updated", "reconciled"], await Actions());
        FlagServices again = await Start(10);
        Assert.Equal((10m, FlagSource.Configuration), Now(again));
    }

    [Fact]
    public async Task Start_TheOtherInstanceWasKilled_EndsItsOverridesAMinuteLater()
    {
        await Update(await Start(10), 50);
        FlagServices young = await Start(20);
        _time.Advance(TimeSpan.FromSeconds(59));
        await Sync(young);
        Assert.Equal(["updated"], await Actions());
        _time.Advance(TimeSpan.FromSeconds(2));
        await Sync(young);
        Assert.Equal(["updated", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Start_EveryInstanceHasTheNewConfiguration_EndsTheOverridesOfTheOldOnes()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        FlagServices first = await Start(20);
        await Start(20);
        await old.Get<StoreSynchronizer>().LeaveAsync();
        await Sync(first);
        Assert.Equal(["updated", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Start_AloneAfterAStop_EndsAtOnce()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        await old.Get<StoreSynchronizer>().LeaveAsync();
        await Start(20);
        Assert.Equal(["updated", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Override_ByAProcessOfTheOldConfigurationLater_IsLeftToIt()
    {
        FlagServices old = await Start(10);
        FlagServices young = await Start(20);
        await Sync(young);
        await Update(old, 50);
        await Sync(young);
        Assert.Equal((50m, FlagSource.Override), Now(old));
        await old.Get<StoreSynchronizer>().LeaveAsync();
        await Sync(young);
        Assert.Equal(["updated", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Edit_ReadByARunningInstance_IsKnownToTheOthersBeforeAnyOverrideOfIt()
    {
        FlagServices one = await Start(10);
        FlagServices other = await Start(10);
        one.Flags.Set(Flag.Percentage("partial", 30));
        await Update(one, 60);
        await Sync(other);
        Assert.Equal((10m, FlagSource.Configuration), Now(other)); // the override is over another answer
        await Sync(one);
        Assert.Equal((60m, FlagSource.Override), Now(one));
        other.Flags.Set(Flag.Percentage("partial", 30));
        await Sync(other);
        Assert.Equal((60m, FlagSource.Override), Now(other));
        Assert.Equal((60m, FlagSource.Override), Now(one));
    }

    [Fact]
    public async Task Edit_WhileAProcessWithTheOldConfigurationIsAlive_EndsTheOverrideAtOnce()
    {
        FlagServices one = await Start(10);
        await Update(one, 50);
        FlagServices other = await Start(10);
        one.Flags.Set(Flag.Percentage("partial", 30));
        await Sync(one);
        await Sync(other);
        Assert.Equal((10m, FlagSource.Configuration), Now(other));
        Assert.Equal(["updated", "configured", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Rollout_StartOfAProcessWithAnotherConfiguration_GoesOn()
    {
        FlagServices old = await Start(10);
        await old.Get<IRolloutManager>().StartAsync("partial", Change, new RolloutConfig { Type = RolloutType.Linear, Duration = TimeSpan.FromHours(1), StartPercentage = 10 });
        FlagServices young = await Start(20);
        await Sync(young);
        await Sync(old);
        Assert.Equal((10m, FlagSource.Rollout), Now(old));
        await old.Get<StoreSynchronizer>().LeaveAsync();
        await Sync(young);
        Assert.Equal(["rollout_started", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Start_AsManyProcessesAtOnce_EachHasAPlaceOfItsOwn()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => Start(10))));
        Assert.Equal(12, (await Members()).Select(member => member!.Id).Distinct().Count());
    }

    [Fact]
    public async Task Places_OfProcessesThatAreGone_AreTakenAgain()
    {
        FlagServices first = await Start(10);
        await Start(10);
        await first.Get<StoreSynchronizer>().LeaveAsync();
        await Start(10);
        Assert.Equal(2, (await Members()).Count);
        _time.Advance(TimeSpan.FromDays(2)); // both were killed
        await Start(10);
        await Start(10);
        Assert.Equal(2, (await Members()).Count);
    }

    [Fact]
    public async Task Alive_IsWrittenThreeTimesAMinute()
    {
        FlagServices alone = await Start(10);
        for (int i = 0; i < 600; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Sync(alone);
        }
        Assert.Equal(32, (await alone.Get<IActionTracingStore>().State.ReadAsync("", 0, default)).Version); // and one of the content of configuration
    }

    [Fact]
    public async Task Override_WhileClocksJump_Stands()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        FlagServices young = await Start(20);
        foreach (double hours in new[] { 5, -10, 3 })
        {
            _time.Jump(TimeSpan.FromHours(hours));
            await Sync(young);
            await Start(20);
            await Sync(old);
            await Sync(young);
        }
        Assert.Equal(["updated"], await Actions());
    }

    [Fact]
    public async Task Override_WhilePollsBecomeRare_Stands()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        FlagServices young = await Start(20);
        old.Flags.Set([Flag.Percentage("partial", 10)], old.Flags.Catalog.Settings with { StorePollInterval = TimeSpan.FromMinutes(5) });
        await Sync(old); // the poll that was due before
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(2.5));
            await Sync(young);
            _time.Advance(TimeSpan.FromMinutes(2.5));
            await Sync(old);
            await Sync(young);
        }
        Assert.Equal(["updated", "configured"], await Actions());
        _time.Advance(TimeSpan.FromMinutes(16));
        await Sync(young);
        Assert.Equal(["updated", "configured", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Override_WhileNobodyCanWrite_Stands()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        FlagServices young = await Start(20);
        _fault = new IOException("disk full");
        for (int i = 0; i < 12; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(25));
            await Assert.ThrowsAsync<FlagChangeException>(() => Sync(young));
        }
        _fault = null;
        await Sync(young); // before the old one had its turn
        await Sync(old);
        await Sync(young);
        Assert.Equal(["updated"], await Actions());
    }

    [Theory]
    [InlineData("[nonsense")]
    [InlineData("null")]
    [InlineData("{\"id\":null}")]
    [InlineData("{\"of\":\"a later release\"}")]
    public async Task Document_ThatCannotBeRead_IsSomebodyWhoMayLiveAndCostsNoKill(string json)
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        await old.Get<StoreSynchronizer>().LeaveAsync();
        await old.Get<IActionTracingStore>().State.CommitAsync(new StoreCommit([new DocumentWrite(InstanceDocument.Prefix + "0000", json, null)], []), default);
        FlagServices young = await Start(20);
        Assert.True((await young.Manager.EmergencyShutdownAsync("partial", Change)).IsStored);
        Assert.Equal(["updated", "emergency"], await Actions());
        _time.Advance(TimeSpan.FromSeconds(61));
        await Sync(young);
        Assert.Equal(["updated", "emergency", "reconciled"], await Actions());
    }

    [Fact]
    public async Task Kill_WhereTheFleetCannotBeWritten_IsStored()
    {
        FlagServices one = await Start(10);
        _refused = commit => commit.Writes.Any(write => write.Key.StartsWith(InstanceDocument.Prefix, StringComparison.Ordinal)) ? new IOException("no") : null;
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await one.Manager.EmergencyShutdownAsync("partial", Change)).IsStored);
    }

    private async Task<FlagServices> Start(decimal percentage)
    {
        var services = new FlagServices([Flag.Percentage("partial", percentage)], before: collection => collection
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<IActionTracingStore>(_ => new SwitchedStore(new SqliteStore(new SqliteFile(_directory.File("shared.db"), null)))
            {
                BeforeCommit = commit => (_fault ?? _refused?.Invoke(commit)) is { } fault ? throw fault : Task.CompletedTask,
            }));
        lock (_opened)
            _opened.Add(services);
        services.Get<StorePolling>().Dispose(); // the tests say who polls when: a process that was killed does not
        await Sync(services);
        return services;
    }

    private static Task<FlagStatus> Update(FlagServices services, decimal percentage) => services.Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = percentage }, Change);

    private static Task Sync(FlagServices services) => services.Get<StoreSynchronizer>().SyncAsync(default);

    private static (decimal, FlagSource) Now(FlagServices services)
    {
        FlagStatus status = services.Manager.GetFlag("partial")!;
        return (status.Definition.Percentage, status.Source);
    }

    private async Task<IReadOnlyList<InstanceRecord?>> Members()
    {
        using var store = new SqliteStore(new SqliteFile(_directory.File("shared.db"), null));
        return [.. (await store.State.ReadAsync(InstanceDocument.Prefix, 0, default)).Documents.Select(document => document.Json is null ? null : StoredJson.Read<InstanceRecord>(document.Json))];
    }

    private async Task<IEnumerable<string>> Actions()
    {
        using var store = new SqliteStore(new SqliteFile(_directory.File("shared.db"), null));
        return (await store.State.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)).Select(entry => entry.Action);
    }

    private sealed class JumpingClock() : FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
    {
        private TimeSpan _jumped;

        public void Jump(TimeSpan by) => _jumped += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _jumped;

        public override long GetTimestamp() => base.GetUtcNow().UtcTicks;
    }
}
