using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Integration;

public class TelemetryTests
{
    private static readonly TargetingContext Alice = new() { UserId = "alice" };

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Evaluations_OfEveryWayIn_AreCountedOnce(bool telemetry, bool sessions)
    {
        using var services = new FlagServices(
            [
                Flag.On("on") with { Telemetry = telemetry }, Flag.Off("off") with { Telemetry = telemetry }, Flag.Killed("killed") with { Telemetry = telemetry },
                Flag.Variants("variants", FlagState.Enabled, ("a", 1)) with { Telemetry = telemetry },
            ],
            before: collection =>
            {
                if (sessions)
                    collection.AddSingleton<ISessionManager, Forgetful>();
            });
        using var counted = new MetricCollector<long>(services.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.evaluations");
        foreach (string flag in (string[])["on", "off", "killed", "variants"])
        {
            bool on = flag is "on" or "variants";
            Assert.Equal(on, services.Manager.IsEnabled(flag));
            Assert.Equal(on, await services.Get<IFeatureManager>().IsEnabledAsync(flag));
            Assert.Equal(on, await services.Get<IFeatureManager>().IsEnabledAsync(flag, Alice));
            Assert.Equal(on, await services.Get<IVariantFeatureManager>().IsEnabledAsync(flag, CancellationToken.None));
            Assert.Equal(on, await services.Get<IVariantFeatureManager>().IsEnabledAsync(flag, Alice, default));
            await services.Get<IVariantFeatureManager>().GetVariantAsync(flag, default);
            await services.Get<IVariantFeatureManager>().GetVariantAsync(flag, Alice, default);

            CollectedMeasurement<long>[] measurements = [.. counted.GetMeasurementSnapshot(clear: true)];
            Assert.Equal(7, measurements.Sum(measurement => measurement.Value));
            Assert.All(measurements, measurement => Assert.Equal((flag, on ? "on" : "off"), (measurement.Tags["feature_flag.key"], measurement.Tags["feature_flag.result.value"])));
        }
    }

    [Theory]
    [InlineData(FlagState.Enabled, true)]
    [InlineData(FlagState.Disabled, false)]
    [InlineData(FlagState.EmergencyOff, false)]
    public async Task FlagWithTelemetry_PublishesTheLibrarysEvent(FlagState state, bool on)
    {
        using var services = new FlagServices([Flag.Of("loud", state) with { Telemetry = true }, Flag.Of("silent", state)]);
        using var events = new LibraryEvents();
        foreach (string flag in (string[])["loud", "silent"])
            Assert.Equal(on, await services.Get<IVariantFeatureManager>().IsEnabledAsync(flag, Alice, default));
        IReadOnlyDictionary<string, object?> published = Assert.Single(events.Published);
        Assert.Equal(("loud", on), (published["FeatureName"], published["Enabled"]));
    }

    private sealed class Forgetful : ISessionManager
    {
        public Task SetAsync(string featureName, bool enabled) => Task.CompletedTask;

        public Task<bool?> GetAsync(string featureName) => Task.FromResult<bool?>(null);
    }
}
