using System.Diagnostics;
using FeatureManagement.ActionTracing.Tests.Support;
using FeatureManagement.ActionTracing.Tracing;

namespace FeatureManagement.ActionTracing.Tests.Tracing;

public sealed class ActivityNameTests
{
    /// <summary>The trace is decided at the end, because a flag of tracing depends on the context.</summary>
    [Fact]
    public async Task DisplayName_OfTheApplicationBeforeTheDecision_Stays()
    {
        using var host = new TracingHost(flags: [(TracingSwitches.Enabled, "enabled"), (TracingSwitches.Output, "canary")]);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActionTracingSource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var listed = new FlagUpdate { Whitelist = ["alice"] };
        await host.Get<IFeatureFlagManager>().UpdateFlagAsync(TracingSwitches.Output, listed, new FlagChange("ann", "test"));
        Activity? seen = null;

        await host.Tracer.TraceAsync("job", null, () =>
        {
            seen = Activity.Current;
            seen!.DisplayName = "import of 17 files";
            return Task.CompletedTask;
        });

        Assert.Equal("job", seen!.OperationName);
        Assert.Equal("import of 17 files", seen.DisplayName);
    }
}
