using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>When a rollout is observed, and when a safety check does not wait for its interval.</summary>
public sealed class ObservationTests
{
    private const string Half = "\"startPercentage\": 50, \"duration\": \"01:00:00\"";

    private static readonly Traffic Failing = new() { ExposedErrors = 1, ControlErrors = 0 };

    [Fact]
    public async Task Start_ObservesTheFirstActionAfterIt()
    {
        using var host = new RolloutHost(Half);
        await host.StartAsync();
        host.Visit(null, users: 40);
        await host.TickAsync();
        Assert.Equal(40, host.Status.ExposedUnits + host.Status.ControlUnits);
    }

    [Fact]
    public async Task Restart_ObservesTheFirstActionAfterIt()
    {
        var store = new InMemoryStore();
        using (var before = new RolloutHost(Half, store: store))
            await before.StartAsync();
        using var host = new RolloutHost(Half, store: store);
        host.Visit(null, users: 40);
        await host.TickAsync();
        Assert.Equal(40, host.Status.ExposedUnits + host.Status.ControlUnits);
    }

    [Fact]
    public async Task Restart_OverADurableStore_ObservesTheRolloutWithoutWaitingForTheStoreThatIsBeingRead()
    {
        using var directory = new TempDirectory();
        using (var before = new SqliteStore(new SqliteFile(directory.File("flags.db"), null)))
        using (var host = new RolloutHost(Half, store: before))
            await host.StartAsync();
        using var store = new SqliteStore(new SqliteFile(directory.File("flags.db"), null));
        using var restarted = new RolloutHost(Half, store: store, configure: services => services.AddFakeLogging());
        Assert.True(restarted.Get<AmbientAction>().IsWatched);
        Assert.DoesNotContain(restarted.Get<FakeLogCollector>().GetSnapshot(), entry => entry.Id.Id == 207);
        restarted.Visit(null, users: 40);
        await restarted.TickAsync();
        Assert.Equal(40, restarted.Status.ExposedUnits + restarted.Status.ControlUnits);
    }

    [Fact]
    public async Task StepOfAnotherInstance_IsObservedWhenItIsKnownHere()
    {
        var store = new InMemoryStore();
        using var one = new RolloutHost(Half, store: store);
        using var two = new RolloutHost(Half, time: one.Time, store: store);
        await one.StartAsync();
        await two.TickAsync();
        for (int tick = 0; tick < 100 && one.Status.CurrentPercentage == 50; tick++)
            await one.TickAsync(users: 20);
        Assert.True(one.Status.CurrentPercentage > 50);
        await two.Get<StoreSynchronizer>().SyncAsync(default);
        await two.Get<RolloutLoop>().CatchUpAsync(default);
        two.Visit(null, users: 40);
        Assert.Equal(40, Seen(two));

        static long Seen(RolloutHost host)
        {
            RolloutRecord record = host.Get<SnapshotSource>().Layer(RolloutHost.Name).Record.Rollout!;
            RolloutObservations seen = host.Get<IRolloutMetricsSource>().ReadAsync(record.Query("checkout", null), default).AsTask().GetAwaiter().GetResult();
            return seen.Exposed.Units + seen.Control.Units;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AlwaysFailing_IsRolledBackBeforeTheFirstCheckByTheClock(bool isGated)
    {
        using var host = new RolloutHost(Half);
        RolloutLoop loop = host.Get<RolloutLoop>();
        await host.StartAsync();
        await loop.CatchUpAsync(default); // as the loop does at once
        for (int i = 0; i < 30 && host.Status.EndedAt is null; i++)
        {
            host.Visit(Failing with { IsGated = isGated }, users: 2);
            host.Time.Advance(TimeSpan.FromMilliseconds(100));
            await loop.CatchUpAsync(default);
        }
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);
    }

    [Fact]
    public async Task EarlyCheck_ThatFindsNothing_ChangesNoMonitoredTime_AndItsWindowIsKept()
    {
        using var host = new RolloutHost(Half);
        RolloutLoop loop = host.Get<RolloutLoop>();
        await host.StartAsync();
        await loop.CatchUpAsync(default);
        // Both arms fail alike: enough for a check, and nothing to roll back.
        for (int i = 0; i < 5; i++)
        {
            host.Visit(Failing with { ControlErrors = 1 }, users: 20);
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await loop.CatchUpAsync(default);
        }
        Assert.Equal(TimeSpan.Zero, host.Status.MonitoredTime);
        await host.TickAsync();
        RolloutLedger ledger = host.Get<RolloutRuns>().Last(RolloutHost.Name, host.Status.Id)!.Ledger;
        Assert.True(ledger.ErrorWindows.Count > 1, $"{ledger.ErrorWindows.Count} windows");
        Assert.Equal(100, ledger.Errors.BadExposed + ledger.Errors.BadControl);
        Assert.Null(host.Status.EndedAt);
    }

    [Fact]
    public async Task RolloutThatEndsAtOnce_IsObservedNoMore()
    {
        using var host = new RolloutHost(Half);
        await host.StartAsync();
        Assert.True(host.Get<AmbientAction>().IsWatched);
        await host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.Get<RolloutLoop>().CatchUpAsync(default);
        Assert.False(host.Get<AmbientAction>().IsWatched);
    }

    [Fact]
    public async Task EarlyChecks_OfAFlag_AreAtMostOneASecond()
    {
        using var host = new RolloutHost(Half);
        await host.StartAsync();
        await host.Get<RolloutLoop>().CatchUpAsync(default);
        DueChecks moments = host.Get<DueChecks>();
        moments.Checked(RolloutHost.Name);
        host.Visit(Failing, users: 100);
        Assert.Empty(moments.TakeDue());
        Task wait = moments.WaitAsync(default);
        Assert.False(wait.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await wait.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(EarlyCheck.Comparison, Assert.Single(moments.TakeDue()).Value & EarlyCheck.Comparison);
    }

    [Fact]
    public void Alarm_OfTheComparison_CountsBothArmsTogether_AndOutlivesOtherChecks()
    {
        var calls = new List<EarlyCheck>();
        var alarm = new BadOutcomeAlarm(calls.Add);
        alarm.Arm(new BadOutcomes(2, 9, 9, 1, 9), EarlyCheck.Absolute | EarlyCheck.Comparison);
        alarm.CountBad();
        alarm.CountGatedUnit();
        Assert.Equal([EarlyCheck.Absolute], calls);
        alarm.Arm(new BadOutcomes(9, 9, 9, 9, 9), EarlyCheck.Absolute); // what it saw must not move the end of the window
        alarm.CountBad();
        alarm.CountBad();
        Assert.Equal([EarlyCheck.Absolute, EarlyCheck.Comparison], calls);
    }
}
