using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Runtime;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Runtime;

/// <summary>Several processes over one file, each with a configuration of its own, as during a deployment.</summary>
public sealed class FleetTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        foreach (IDisposable opened in _opened)
            opened.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Start_WhileAProcessWithAnotherConfigurationIsAlive_EndsNothing()
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

        await old.Get<FlagControl>().LeaveAsync(default);
        await Sync(young);
        Assert.Equal(["updated", "superseded"], await Actions());
        FlagServices again = await Start(10);
        Assert.Equal((10m, FlagSource.Configuration), Now(again));
    }

    [Fact]
    public async Task Start_TheOtherProcessWasKilled_EndsWhatItLaidAMinuteLater()
    {
        await Update(await Start(10), 50);
        FlagServices young = await Start(20);
        _time.Advance(TimeSpan.FromSeconds(59));
        await Sync(young);
        Assert.Equal(["updated"], await Actions());
        _time.Advance(TimeSpan.FromSeconds(2));
        await Sync(young);
        Assert.Equal(["updated", "superseded"], await Actions());
    }

    [Fact]
    public async Task Start_EveryProcessHasTheNewConfiguration_EndsWhatTheOldOnesLaid()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        FlagServices first = await Start(20);
        await Start(20);
        await old.Get<FlagControl>().LeaveAsync(default);
        await Sync(first);
        Assert.Equal(["updated", "superseded"], await Actions());
    }

    [Fact]
    public async Task Start_AloneAfterAStop_EndsAtOnce()
    {
        FlagServices old = await Start(10);
        await Update(old, 50);
        await old.Get<FlagControl>().LeaveAsync(default);
        await Start(20);
        Assert.Equal(["updated", "superseded"], await Actions());
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
        await old.Get<FlagControl>().LeaveAsync(default);
        await Sync(young);
        Assert.Equal(["updated", "superseded"], await Actions());
    }

    [Fact]
    public async Task Edit_SeenByARunningProcess_IsKnownToTheOthersBeforeAnythingIsLaidOverIt()
    {
        FlagServices one = await Start(10);
        FlagServices other = await Start(10);
        one.Flags.Set(Flag.Share("share", 30));
        await Update(one, 60);
        await Sync(other);
        Assert.Equal((10m, FlagSource.Configuration), Now(other)); // the override is over another answer
        await Sync(one);
        Assert.Equal((60m, FlagSource.Override), Now(one));
        other.Flags.Set(Flag.Share("share", 30));
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
        one.Flags.Set(Flag.Share("share", 30));
        await Sync(one);
        await Sync(other);
        Assert.Equal((10m, FlagSource.Configuration), Now(other));
        Assert.Equal(["updated", "configured", "superseded"], await Actions());
    }

    [Fact]
    public async Task Rollout_StartOfAProcessWithAnotherConfiguration_GoesOn()
    {
        FlagServices old = await Start(10);
        await old.Get<IRolloutManager>().StartAsync("share", Change, new RolloutConfig { Type = RolloutType.Linear, Duration = TimeSpan.FromHours(1), StartPercentage = 10 });
        FlagServices young = await Start(20);
        await Sync(young);
        await Sync(old);
        Assert.Equal((10m, FlagSource.Rollout), Now(old));
        await old.Get<FlagControl>().LeaveAsync(default);
        await Sync(young);
        Assert.Equal(["rollout_started", "superseded"], await Actions());
    }

    [Fact]
    public async Task Alive_IsWrittenThreeTimesAMinute()
    {
        FlagServices alone = await Start(10);
        IActionTracingStore store = alone.Get<IActionTracingStore>();
        for (int i = 0; i < 600; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Sync(alone);
        }
        Assert.Equal(31, (await store.ReadAsync("", 0, default)).Version);
        StoredDocument document = Assert.Single((await store.ReadAsync(Fleet.Key, 0, default)).Documents);
        _time.Advance(TimeSpan.FromDays(2));
        await Start(10);
        // Whoever has not been heard of for a day is forgotten.
        Assert.Single(StoredJson.Read<Dictionary<string, FleetMember>>((await store.ReadAsync(Fleet.Key, 0, default)).Documents.Single().Json!));
        Assert.Single(StoredJson.Read<Dictionary<string, FleetMember>>(document.Json!));
    }

    [Fact]
    public async Task Document_ThatCannotBeRead_IsMadeAnew()
    {
        FlagServices one = await Start(10);
        IActionTracingStore store = one.Get<IActionTracingStore>();
        await store.CommitAsync(new StoreCommit([new DocumentWrite(Fleet.Key, "[nonsense", null)], []), default);
        await Update(one, 50);
        _time.Advance(TimeSpan.FromSeconds(30));
        await Sync(one);
        Assert.Single(StoredJson.Read<Dictionary<string, FleetMember>>((await store.ReadAsync(Fleet.Key, 0, default)).Documents.Single().Json!));
    }

    private async Task<FlagServices> Start(decimal share)
    {
        var services = new FlagServices([Flag.Share("share", share)], before: collection => collection
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<IActionTracingStore>(_ => new SqliteStore(new SqliteFile(_directory.File("shared.db"), null))));
        _opened.Add(services);
        await Sync(services);
        return services;
    }

    private static Task<FlagStatus> Update(FlagServices services, decimal percentage) => services.Manager.UpdateFlagAsync("share", new FlagUpdate { Percentage = percentage }, Change);

    private static Task Sync(FlagServices services) => services.Get<FlagControl>().SyncAsync(default);

    private static (decimal, FlagSource) Now(FlagServices services)
    {
        FlagStatus status = services.Manager.GetFlag("share")!;
        return (status.Definition.Percentage, status.Source);
    }

    private async Task<IEnumerable<string>> Actions()
    {
        using var store = new SqliteStore(new SqliteFile(_directory.File("shared.db"), null));
        return (await store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)).Select(entry => entry.Action);
    }
}
