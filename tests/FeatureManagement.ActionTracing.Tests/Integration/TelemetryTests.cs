using System.Diagnostics.Metrics;
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
    public async Task FlagWithTelemetry_PublishesMicrosoftsEvent(FlagState state, bool on)
    {
        using var services = new FlagServices([Flag.Of("loud", state) with { Telemetry = true }, Flag.Of("silent", state)]);
        using var events = new PublishedEvents();
        foreach (string flag in (string[])["loud", "silent"])
            Assert.Equal(on, await services.Get<IVariantFeatureManager>().IsEnabledAsync(flag, Alice, default));
        IReadOnlyDictionary<string, object?> published = Assert.Single(events.Published);
        Assert.Equal(("loud", on), (published["FeatureName"], published["Enabled"]));
    }

    [Theory]
    [InlineData("killed", false)]
    [InlineData("killed", true)]
    [InlineData("on", false)]
    [InlineData("on", true)]
    [InlineData("off", true)]
    public async Task FlagWithTelemetry_EveryWayIn_PublishesTheSameEvent(string state, bool sessions)
    {
        using var services = new FlagServices(
            [
                Flag.Variants("loud", state switch { "on" => FlagState.Enabled, "off" => FlagState.Disabled, _ => FlagState.EmergencyOff }, ("a", 1), ("b", 2)) with { Telemetry = true },
            ],
            before: collection =>
            {
                collection.AddSingleton<ITargetingContextAccessor>(new AmbientUser { Context = Alice });
                if (sessions)
                    collection.AddSingleton<ISessionManager, Forgetful>();
            });
        Func<IServiceProvider, Task>[] ways =
        [
            scope => scope.GetRequiredService<IFeatureManager>().IsEnabledAsync("loud"),
            scope => scope.GetRequiredService<IFeatureManager>().IsEnabledAsync("loud", Alice),
            scope => scope.GetRequiredService<IVariantFeatureManager>().IsEnabledAsync("loud", CancellationToken.None).AsTask(),
            scope => scope.GetRequiredService<IVariantFeatureManager>().IsEnabledAsync("loud", Alice, default).AsTask(),
            scope => scope.GetRequiredService<IVariantFeatureManager>().GetVariantAsync("loud", default).AsTask(),
            scope => scope.GetRequiredService<IVariantFeatureManager>().GetVariantAsync("loud", Alice, default).AsTask(),
            scope => scope.GetRequiredService<IFeatureManagerSnapshot>().IsEnabledAsync("loud"),
            scope => scope.GetRequiredService<IFeatureManagerSnapshot>().IsEnabledAsync("loud", Alice),
            scope => scope.GetRequiredService<IVariantFeatureManagerSnapshot>().IsEnabledAsync("loud", CancellationToken.None).AsTask(),
            scope => scope.GetRequiredService<IVariantFeatureManagerSnapshot>().GetVariantAsync("loud", default).AsTask(),
            scope => scope.GetRequiredService<IVariantFeatureManagerSnapshot>().GetVariantAsync("loud", Alice, default).AsTask(),
        ];
        var published = new List<string>();
        foreach (Func<IServiceProvider, Task> ask in ways)
        {
            using IServiceScope scope = services.Provider.CreateScope();
            using var events = new PublishedEvents();
            await ask(scope.ServiceProvider);
            published.Add(string.Join(", ", Assert.Single(events.Published).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}")));
        }
        Assert.Single(published.Distinct());
        Assert.Contains($"Enabled={state == "on"}, FeatureName=loud, TargetingId=alice", published[0], StringComparison.Ordinal);
        Assert.DoesNotContain("DefaultWhenEnabled", published[0], StringComparison.Ordinal);
    }
}
