using System.Diagnostics.Metrics;
using System.Globalization;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>Measurements say which flag they are about.</summary>
public sealed class RuntimeMetricsTests : IDisposable
{
    private static readonly FlagChange Ann = new("ann", "why");

    private readonly FlagServices _services = new(
    [
        Flag.Percentage("Checkout", 25), Flag.On("on"), Flag.Off("off"), Flag.Off("switch") with { Priority = 1 }, Flag.On("child") with { Parent = "Checkout" },
    ]);

    public RuntimeMetricsTests() => _services.Get<RuntimeMetrics>(); // as every host does at its start

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Changes_AndEmergencies_AreTaggedWithTheFlagAsConfigurationSpellsIt()
    {
        using MetricCollector<long> changes = Collect<long>("feature_flag.changes"), emergencies = Collect<long>("feature_flag.emergencies");
        await _services.Manager.UpdateFlagAsync("CHECKOUT", new FlagUpdate { Percentage = 30 }, Ann);
        await _services.Manager.EmergencyShutdownAsync("checkout", Ann);
        await Assert.ThrowsAsync<FlagChangeException>(() => _services.Manager.EmergencyShutdownAsync("nobody", Ann));
        Assert.Equal(["Checkout updated code", "Checkout emergency code"],
            changes.GetMeasurementSnapshot().Select(one => $"{one.Tags["feature_flag.key"]} {one.Tags["feature_flag.change.action"]} {one.Tags["feature_flag.change.source"]}"));
        Assert.Equal("Checkout", Assert.Single(emergencies.GetMeasurementSnapshot()).Tags["feature_flag.key"]);
    }

    // The edit that takes a flag away ends its override: there is no such flag any more.
    [Fact]
    public async Task Changes_OfAFlagThatConfigurationNoLongerHas_HaveNoKey()
    {
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        await _services.Manager.UpdateFlagAsync("on", new FlagUpdate { State = FlagState.Disabled }, Ann);
        using MetricCollector<long> changes = Collect<long>("feature_flag.changes");
        _services.Flags.Set(Flag.Off("off"));
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        CollectedMeasurement<long> reconciled = Assert.Single(changes.GetMeasurementSnapshot());
        Assert.Equal("reconciled", reconciled.Tags["feature_flag.change.action"]);
        Assert.DoesNotContain("feature_flag.key", reconciled.Tags.Keys);
    }

    [Fact]
    public async Task Gauges_ShowEveryFlagAsItIs_AndNoOther()
    {
        _services.Manager.IsEnabled("unknown");
        Assert.Equal(["Checkout 25", "child 100", "off 0", "on 100", "switch 0"], Read<double>("feature_flag.percentage"));
        Assert.Equal(["Checkout 0", "child 0", "off 0", "on 0", "switch 0"], Read<int>("feature_flag.emergency"));
        Assert.Empty(Read<int>("feature_flag.rollout.phase"));

        await _services.Get<IRolloutManager>().StartAsync("off", Ann);
        Assert.Equal(["off canary 1"], Read<int>("feature_flag.rollout.phase"));
        Assert.Contains("off 1", Read<double>("feature_flag.percentage"));
        await _services.Get<IRolloutManager>().RollBackAsync("off", Ann);
        Assert.Equal(["off rolled_back 1"], Read<int>("feature_flag.rollout.phase"));

        await _services.Manager.EmergencyShutdownAsync("checkout", Ann);
        Assert.Equal(["Checkout 0", "child 0", "off 0", "on 100", "switch 0"], Read<double>("feature_flag.percentage"));
        await _services.Manager.EmergencyShutdownAsync("switch", Ann);
        Assert.Equal(["Checkout 1", "child 0", "off 0", "on 0", "switch 1"], Read<int>("feature_flag.emergency"));
        Assert.Equal(["Checkout 0", "child 0", "off 0", "on 0", "switch 100"], Read<double>("feature_flag.percentage"));

        _services.Flags.Set(Flag.On("new"));
        Assert.Equal(["new 100"], Read<double>("feature_flag.percentage"));
        Assert.Empty(Read<int>("feature_flag.rollout.phase"));
    }

    private MetricCollector<T> Collect<T>(string instrument) where T : struct => new(_services.Get<IMeterFactory>(), ActionTracingMeter.Name, instrument);

    private IEnumerable<string> Read<T>(string gauge) where T : struct
    {
        using MetricCollector<T> collector = Collect<T>(gauge);
        collector.RecordObservableInstruments();
        return
        [
            .. collector.GetMeasurementSnapshot().Select(one => string.Join(' ',
                one.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => tag.Value).Append(Convert.ToString(one.Value, CultureInfo.InvariantCulture)))),
        ];
    }
}
