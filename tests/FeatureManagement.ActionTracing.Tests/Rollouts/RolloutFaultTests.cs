using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>What goes wrong around a rollout, and what else uses its flag.</summary>
public class RolloutFaultTests
{
    private const string HalfAnHour = "\"duration\": \"00:30:00\"";

    private readonly SwitchedStore _store = new();
    private readonly ScriptedSource _source = new();

    [Fact]
    public async Task Regression_IsLoggedAsAnErrorAndCountedOnce()
    {
        using RolloutHost host = Start();
        using var rollbacks = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.rollout.rollbacks");
        await host.StartAsync();
        await host.RunAsync(3);
        _source.Finds = ScriptedSource.Found.Regression;
        await host.RunAsync(3);
        await host.TickAsync();
        FakeLogRecord record = Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 400);
        Assert.Equal((LogLevel.Error, $"Rollout of flag 'checkout' rolled back at 1 %: {host.Status.Reason}."), (record.Level, record.Message));
        CollectedMeasurement<long> rollback = Assert.Single(rollbacks.GetMeasurementSnapshot());
        Assert.Equal((1, "checkout"), (rollback.Value, rollback.Tags["feature_flag.key"]));
    }

    [Theory]
    [InlineData(false, LogLevel.Information)]
    [InlineData(true, LogLevel.Warning)]
    public async Task Hold_ForUsersThatAreYetToCome_IsNoWarningAndAnotherIs(bool fails, LogLevel level)
    {
        _source.Finds = fails ? ScriptedSource.Found.Nothing : ScriptedSource.Found.Health;
        using RolloutHost host = Start(", \"safetyThresholds\": { \"minimumSamples\": 1000 }");
        await host.StartAsync();
        await host.RunAsync(10);
        Assert.Equal(level, Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 401).Level);
    }

    [Fact]
    public async Task Regression_StoreDown_ActsAtOnceAndIsStoredLater()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.RunAsync(3);
        _store.Fault = new IOException("down");
        _source.Finds = ScriptedSource.Found.Regression;
        await CheckAsync(host);
        Assert.Equal((RolloutPhase.RollingBack, FlagState.Disabled), (host.Status.Phase, host.Flag.Definition.State));
        Assert.Empty(host.Rollouts.GetActive());
        Assert.DoesNotContain(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 402); // the check did not fail

        _store.Fault = null;
        await host.TickAsync();
        Assert.Equal((RolloutPhase.RolledBack, FlagState.Disabled), (host.Status.Phase, host.Flag.Definition.State));
    }

    [Fact]
    public async Task Regression_WhatWasFoundIsKept_AlsoOverARestart()
    {
        RolloutStatus before;
        using (RolloutHost host = Start())
        {
            await host.StartAsync();
            await host.RunAsync(3);
            _source.Finds = ScriptedSource.Found.Regression;
            await host.RunAsync(3);
            await host.TickAsync();
            before = host.Status;
            Assert.Equal(RolloutPhase.RolledBack, before.Phase);
            Assert.True(before.Errors is { Exposed: > 0.1, Control: 0, Evidence: 1, PValue: < 0.05 / 3, Lower: > 1 }, $"{before.Errors}");
            Assert.True(before.ExposedUnits >= 40 && before.ControlUnits >= 3_960, $"{before.ExposedUnits} and {before.ControlUnits}");
        }
        using RolloutHost next = Start();
        Assert.Equal(StoredJson.Write(before.Errors!), StoredJson.Write(next.Status.Errors!));
        Assert.Equal((before.ExposedUnits, before.ControlUnits), (next.Status.ExposedUnits, next.Status.ControlUnits));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ended_WhatWasFoundIsKept(bool byHand)
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.RunAsync(3);
        if (byHand)
            await host.Rollouts.CompleteAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.RunAsync(200);
        await host.TickAsync();
        RolloutStatus status = host.Status;
        Assert.Equal(RolloutPhase.Complete, status.Phase);
        Assert.Equal((0, 0), (status.Errors?.Exposed, status.Errors?.Control));
        Assert.True(status.ExposedUnits > 0 && status.ControlUnits > 0);
    }

    [Fact]
    public async Task StoreDown_HoldsAndMovesNeitherWay()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.RunAsync(3);
        TimeSpan monitored = host.Status.MonitoredTime;
        _store.Fault = new IOException("down");
        for (int i = 0; i < 100; i++)
            await CheckAsync(host);
        Assert.Equal((1m, true), (host.Status.CurrentPercentage, host.Status.IsOnHold));
        Assert.StartsWith("The last safety check failed: ", host.Status.NextStep, StringComparison.Ordinal);

        _store.Fault = null;
        await host.TickAsync();
        Assert.InRange(host.Status.MonitoredTime, monitored, monitored + RolloutHost.Interval * 2);
        await host.RunAsync(200);
        Assert.Equal(RolloutPhase.Complete, host.Status.Phase);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)] // the copy has been written to since, more often than what it replaces
    public async Task StorePutBackFromACopy_GoesOn(int writes)
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.RunAsync(10);
        StoreChanges copied = await _store.ReadAsync("", 0, default);
        await host.RunAsync(10);
        var copy = new InMemoryStore();
        await copy.State.CommitAsync(new StoreCommit([.. copied.Documents.Select(document => new DocumentWrite(document.Key, document.Json, null))], []), default);
        for (int i = 0; i < writes; i++)
            await copy.State.CommitAsync(new StoreCommit([], []), default);
        _store.Inner = copy;

        await host.TickAsync();
        Assert.False(host.Status.IsOnHold);
        await host.RunAsync(200);
        Assert.Equal(RolloutPhase.Complete, host.Status.Phase);
    }

    [Fact]
    public async Task OthersAlwaysFaster_IsHeldAndSaysSo()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.RunAsync(3);
        _store.BeforeCommit = commit => commit.Writes.FirstOrDefault(write => write.Key.StartsWith("rollout/", StringComparison.Ordinal)) is not { } write ? Task.CompletedTask
            : _store.Inner.State.CommitAsync(new StoreCommit([new DocumentWrite(write.Key, write.Json, null)], []), default);
        await CheckAsync(host);
        Assert.True(host.Status.IsOnHold);
        Assert.Equal("The last safety check failed: Other instances changed the evidence of the rollout of flag 'checkout' 5 times during this check; the next check tries again.", host.Status.NextStep);
        Assert.Contains(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 402);

        _store.BeforeCommit = null;
        await host.TickAsync();
        Assert.False(host.Status.IsOnHold);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public async Task OthersFasterForAWhile_IsTriedFiveTimes(int faster, bool onHold)
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.RunAsync(3);
        int commits = 0;
        _store.BeforeCommit = commit =>
        {
            if (commit.Writes.FirstOrDefault(write => write.Key.StartsWith("rollout/", StringComparison.Ordinal)) is not { } write)
                return Task.CompletedTask;
            if (++commits > faster)
                return Task.CompletedTask;
            return _store.Inner.State.CommitAsync(new StoreCommit([new DocumentWrite(write.Key, write.Json, null)], []), default);
        };
        await CheckAsync(host);
        Assert.Equal((5, onHold), (commits, host.Status.IsOnHold));
    }

    [Fact]
    public async Task DefaultKeys_OfTheLastObservations_AreShownWhileTheSourceFails()
    {
        var source = new ScriptedSource { DefaultKeys = 7, Finds = ScriptedSource.Found.Nothing };
        using var host = new RolloutHost(configure: services => services.AddSingleton<IRolloutMetricsSource>(source));
        await host.StartAsync();
        await host.TickAsync();
        Assert.Equal((0, true), (host.Status.DefaultKeys, host.Status.IsOnHold));
        source.Finds = ScriptedSource.Found.Health;
        await host.TickAsync();
        Assert.Equal((7, false), (host.Status.DefaultKeys, host.Status.IsOnHold));
        source.Finds = ScriptedSource.Found.Nothing;
        await host.TickAsync();
        Assert.Equal((7, true), (host.Status.DefaultKeys, host.Status.IsOnHold));
    }

    [Fact]
    public async Task Deletion_OfTheFlag_RollsBack()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.RunAsync(40);
        host.Edit(HalfAnHour, removed: true);
        await host.TickAsync();
        Assert.Empty(host.Rollouts.GetActive());
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);

        host.Edit(HalfAnHour);
        await host.TickAsync();
        Assert.Equal((FlagState.Disabled, 0m, RolloutPhase.RolledBack), (host.Flag.Definition.State, host.Flag.Definition.Percentage, host.Status.Phase));
    }

    [Theory]
    [InlineData(RolloutHost.Name, "layout")]
    [InlineData("layout", RolloutHost.Name)]
    public async Task SourceHangsForOneFlag_TheOtherIsStillChecked(string hung, string other)
    {
        const string Layout = """ "layout": { "type": "percentage", "state": "disabled", "rolloutConfig": { "duration": "00:30:00" } }, """;
        using var host = new RolloutHost(HalfAnHour, configure: services => services.AddSingleton<IRolloutMetricsSource>(new HungSource(_source, hung)));
        host.Edit(HalfAnHour, others: Layout);
        await host.StartAsync();
        await host.Rollouts.StartAsync("layout", RolloutHost.Ada, null);

        Task tick = host.Get<RolloutLoop>().TickAsync(default);
        string id = host.Rollouts.GetStatus(other)!.Id;
        Eventually.True(() => host.Get<RolloutRuns>().Last(other, id) is { Verdict.Kind: VerdictKind.Healthy }, () => "it waits for the flag whose source hangs");
        Assert.False(tick.IsCompleted);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await tick;
        Assert.True(host.Rollouts.GetStatus(hung)!.IsOnHold);
    }

    [Fact]
    public async Task Loop_OnItsOwnTimer_WalksTheCurve()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        var loop = host.Get<RolloutLoop>();
        await loop.StartAsync(default);
        Eventually.True(() => host.Get<RolloutRuns>().Last(RolloutHost.Name, host.Status.Id) is not null, () => "nothing was checked");
        for (int tick = 0; tick < 35; tick++)
        {
            TimeSpan before = host.Status.MonitoredTime;
            host.Time.Advance(RolloutHost.Interval);
            Eventually.True(() => host.Status.MonitoredTime > before, () => $"after {tick} ticks {host.Status.MonitoredTime} are monitored");
        }
        Eventually.True(() => host.Status.CurrentPercentage > 1, () => $"it is at {host.Status.CurrentPercentage} %");
        await loop.StopAsync(default);
    }

    [Fact]
    public async Task Experiment_OnTheSameFlag_BothSeeTheirUsers()
    {
        const string Layout = """
            "layout": { "type": "multivariate", "state": "disabled", "rolloutConfig": { "startPercentage": 50 },
                "variants": { "grid": { "weight": 1 }, "list": { "weight": 1 } },
                "experiment": { "control": "list", "primaryMetric": "bought", "metrics": { "bought": { "kind": "binary" } } } },
            """;
        using var host = new RolloutHost(HalfAnHour);
        host.Edit(HalfAnHour, others: Layout);
        await host.Rollouts.StartAsync("layout", RolloutHost.Ada);
        var experiments = host.Get<ExperimentService>();
        await experiments.TickAsync(default);
        await CheckAsync(host);
        for (int user = 0; user < 200; user++)
        {
            using TracedAction action = host.Get<IActionTracer>().StartAction("shop");
            host.Flags.GetVariant("layout", new FeatureFlagContext { UserId = $"user{user}" });
        }
        await CheckAsync(host);
        RolloutStatus status = host.Rollouts.GetStatus("layout")!;
        Assert.Equal((200, false), (status.ExposedUnits + status.ControlUnits, status.IsOnHold));
        await experiments.TickAsync(default);
        await host.Get<ExperimentChecks>().CheckAsync("layout", default);
        ExperimentResult result = (await host.Get<IExperimentResults>().GetAsync("layout"))!;
        Assert.Equal(status.ExposedUnits, result.Units);
    }

    private RolloutHost Start(string more = "") => new(HalfAnHour + more, store: _store,
        configure: services => services.AddLogging(logging => logging.AddFakeLogging()).AddSingleton<IRolloutMetricsSource>(_source));

    private static async Task CheckAsync(RolloutHost host)
    {
        host.Time.Advance(RolloutHost.Interval);
        await host.Get<RolloutLoop>().TickAsync(default);
    }

    /// <summary>Gives no answer for one flag, however often it is asked to stop.</summary>
    private sealed class HungSource(IRolloutMetricsSource inner, string hung) : IRolloutMetricsSource
    {
        public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken) =>
            query.Flag == hung ? new(new TaskCompletionSource<RolloutObservations>().Task) : inner.ReadAsync(query, cancellationToken);

        public void Forget(string flag) => inner.Forget(flag);
    }
}
