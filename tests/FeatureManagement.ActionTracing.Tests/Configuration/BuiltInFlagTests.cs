using FeatureManagement.ActionTracing.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

public sealed class BuiltInFlagTests
{
    [Fact]
    public void In_Production_AreTheTicketsFlags()
    {
        var flags = BuiltInFlags.In("Production");

        Assert.Equal(
            ["action_tracing_enabled", "emergency_shutdown", "performance_monitoring", "trace_output_enabled", "trace_verbosity_test", "verbose_tracing"],
            flags.Keys.Order(StringComparer.Ordinal));
        Assert.All(flags.Values, flag => Assert.Equal(FlagState.Disabled, flag.State));
        Assert.Equal(
            ["performance_monitoring", "trace_output_enabled", "trace_verbosity_test", "verbose_tracing"],
            flags.Values.Where(flag => flag.Parent == "action_tracing_enabled").Select(flag => flag.Name).Order(StringComparer.Ordinal));
        Assert.Equal(1, flags["emergency_shutdown"].Priority);
        Assert.Contains("every flag", flags["emergency_shutdown"].Description, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(1), flags["trace_output_enabled"].RolloutConfig?.Duration);
        Assert.Equal(RolloutType.Linear, flags["trace_output_enabled"].RolloutConfig?.Type);
        Assert.Equal(0.05, flags["trace_output_enabled"].RolloutConfig?.SafetyThresholds?.MaxErrorRate);
        Assert.Equal(TimeSpan.FromMilliseconds(50), flags["trace_output_enabled"].RolloutConfig?.SafetyThresholds?.MaxLatency);
        Assert.Equal([("detailed", 0.2m), ("minimal", 0.4m), ("standard", 0.4m)], flags["trace_verbosity_test"].Variants.Select(variant => (variant.Name, variant.Weight)));
        Assert.Equal([new("verbosity", "detailed")], flags["trace_verbosity_test"].Variants[0].Config);
        Assert.Equal([("detailed", 0.1m), ("minimal", 0.6m), ("standard", 0.3m)], flags["verbose_tracing"].Variants.Select(variant => (variant.Name, variant.Weight)));
    }

    [Theory]
    [InlineData("Development", FlagState.Enabled)]
    [InlineData("Staging", FlagState.Disabled)]
    public void In_OtherEnvironments_HaveTheirOverlay(string environment, FlagState expected) =>
        Assert.Equal(expected, BuiltInFlags.In(environment)["action_tracing_enabled"].State);

    [Fact]
    public void WithoutAnyConfiguration_TheBuiltInFlagsAreThere()
    {
        using ServiceProvider provider = new ServiceCollection().AddLogging().AddFeatureManagement(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build())
            .WithActionTracing().Services.BuildServiceProvider();

        Assert.Equal(6, provider.GetRequiredService<IFeatureFlagManager>().GetAllFlags().Count);
        Assert.Equal(
            ["ActionTracing.featureFlags is missing or empty; only the built-in flags are there."],
            provider.GetRequiredService<IActionTracingConfigurationStatus>().Current.Warnings);
    }
}
