using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Tests.Support;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace FeatureManagement.ActionTracing.Tests.Tracing;

/// <summary>Each flag of tracing switches its component, both ways, in a running host.</summary>
public sealed class TracingComponentTests : IDisposable
{
    private static readonly (string, string) Tracing = (TracingSwitches.Enabled, "enabled");
    private static readonly (string, string) Output = (TracingSwitches.Output, "enabled");
    private static readonly (string, string) Metrics = (TracingSwitches.Metrics, "enabled");
    private static readonly (string, string) Shutdown = (TracingSwitches.Shutdown, "enabled");

    private readonly List<Activity> _activities = [];
    private readonly string _name = $"act {Guid.NewGuid()}"; // tests beside this one use the same source
    private readonly ActivityListener _listener;

    public TracingComponentTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActionTracingSource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Name == _name ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _activities.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Activities_FollowTheMainFlag()
    {
        using var host = new TracingHost();
        Assert.Null(host.Act(_name));
        host.Set(Tracing);
        Assert.NotNull(host.Act(_name));
        host.Set();
        Assert.Null(host.Act(_name));
        Assert.Equal(_name, Assert.Single(_activities).OperationName);
    }

    [Fact]
    public void Files_FollowTheOutputFlag()
    {
        using var host = new TracingHost();
        host.Act("before");
        host.Set(Tracing);
        host.Act("tracing only");
        host.Set(Tracing, Output);
        host.Act("first");
        host.Act("second", action => action.Fail(new InvalidOperationException("broken")));
        host.Set(Tracing);
        host.Act("after");

        JsonElement[] traces = host.Traces();
        Assert.Equal(["first", "second"], traces.Select(trace => trace.GetProperty("name").GetString()));
        Assert.Equal(["ok", "error"], traces.Select(trace => trace.GetProperty("status").GetString()));
        Assert.Equal("System.InvalidOperationException", traces[1].GetProperty("tags").GetProperty("error.type").GetString());
        Assert.DoesNotContain("broken", traces[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_FollowPerformanceMonitoring()
    {
        using var host = new TracingHost();
        using var durations = new MetricCollector<double>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.duration");
        using var active = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.active");
        host.Set(Tracing);
        host.Act("before");
        Assert.Empty(durations.GetMeasurementSnapshot());
        host.Set(Tracing, Metrics);
        host.Act("one");
        host.Act("two", action => action.Fail(errorType: "500"));
        host.Set(Tracing);
        host.Act("after");

        Assert.Equal(["one", "two"], durations.GetMeasurementSnapshot().Select(measured => measured.Tags["action.name"]));
        Assert.Equal([null, "500"], durations.GetMeasurementSnapshot().Select(measured => measured.Tags.GetValueOrDefault("error.type")));
        Assert.Equal([1, -1, 1, -1], active.GetMeasurementSnapshot().Select(measured => measured.Value));
    }

    [Theory]
    [InlineData(TracingSwitches.Verbosity)]
    [InlineData(TracingSwitches.VerbosityTest)]
    public void Attributes_FollowTheVariant(string flag)
    {
        using var host = new TracingHost();
        foreach (string variant in (string[])["disabled", "minimal", "standard", "detailed", "minimal"])
        {
            _activities.Clear();
            host.Set(Tracing, (flag, variant), ("feature", "enabled"));
            host.Act(_name, action =>
            {
                action.SetTag("http.route", "/cart");
                host.Get<IFeatureFlagManager>().IsEnabled("feature", new FeatureFlagContext { UserId = "alice" });
                action.Fail(new InvalidOperationException("broken"));
            });
            Activity activity = Assert.Single(_activities);
            ActivityEvent[] evaluations = [.. activity.Events.Where(happening => happening.Name == "feature_flag.evaluation")];
            ActivityEvent[] exceptions = [.. activity.Events.Where(happening => happening.Name == "exception")];
            Assert.Equal("System.InvalidOperationException", activity.GetTagItem("error.type"));
            if (variant is "minimal" or "disabled")
            {
                Assert.Null(activity.GetTagItem("http.route"));
                Assert.Empty(activity.Events);
                continue;
            }
            Assert.Equal("/cart", activity.GetTagItem("http.route"));
            var tags = Assert.Single(evaluations).Tags.ToDictionary();
            Assert.Equal("feature", tags["feature_flag.key"]);
            Assert.Equal(true, tags["feature_flag.result.value"]);
            Assert.Equal("FeatureManagement.ActionTracing", tags["feature_flag.provider.name"]);
            Assert.Equal(variant == "detailed" ? "static" : null, tags.GetValueOrDefault("feature_flag.result.reason"));
            Assert.Equal("broken", Assert.Single(exceptions).Tags.ToDictionary()["exception.message"]);
            Assert.DoesNotContain(tags, tag => Equals(tag.Value, "alice"));
        }
        Assert.False(host.Get<AmbientAction>().IsObserved);
    }

    [Fact]
    public void VerbosityTest_GoesBeforeVerboseTracing()
    {
        using var host = new TracingHost(flags: [Tracing, (TracingSwitches.VerbosityTest, "minimal"), (TracingSwitches.Verbosity, "detailed")]);
        host.Act(_name, action => action.SetTag("http.route", "/cart"));
        Assert.Null(Assert.Single(_activities).GetTagItem("http.route"));
    }

    [Fact]
    public void Variant_IsPartOfTheEvaluation()
    {
        using var host = new TracingHost(flags: [Tracing, (TracingSwitches.Verbosity, "standard")]);
        host.Act(_name, _ => host.Get<IFeatureFlagManager>().GetVariant(TracingSwitches.Verbosity, new FeatureFlagContext { UserId = "alice" }));
        Assert.Equal("standard", Assert.Single(Assert.Single(_activities).Events).Tags.ToDictionary()["feature_flag.result.variant"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Identities_AreRecordedOnlyByOptIn(bool include)
    {
        using var host = new TracingHost(
            services => services.Configure<ActionTracingOptions>(options => options.IncludeIdentities = include), flags: [Tracing, Output, (TracingSwitches.Verbosity, "detailed")]);
        var alice = new FeatureFlagContext { UserId = "alice", SessionId = "s-1", Attributes = new Dictionary<string, string> { ["plan"] = "gold" } };
        using (host.Tracer.StartAction(_name, alice))
            host.Get<IFeatureFlagManager>().IsEnabled(TracingSwitches.Verbosity, alice);
        string line = Assert.Single(host.Traces()).ToString();
        foreach (string secret in (string[])["alice", "s-1", "gold"])
            Assert.Equal(include, line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void Kill_StopsEverythingAtOnce_AlsoForActionsUnderWay()
    {
        using var host = new TracingHost(flags: [Tracing, Output, Metrics]);
        using var durations = new MetricCollector<double>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.duration");
        host.Act("before");
        host.Act("under way", _ => host.Set(Tracing, Output, Metrics, Shutdown));
        Assert.Null(host.Act(_name));
        Assert.Equal(default, host.Tracer.StartAction("killed"));

        host.Set(Tracing, Output, Metrics, (TracingSwitches.Shutdown, "disabled"));
        host.Act("again");
        Assert.Equal(["before", "again"], durations.GetMeasurementSnapshot().Select(measured => measured.Tags["action.name"]));
        Assert.Equal(["before", "again"], host.Traces().Select(trace => trace.GetProperty("name").GetString()));
    }

    [Fact]
    public void Nested_ActionsAreOneTrace()
    {
        using var host = new TracingHost(flags: [Tracing, Output]);
        host.Act("outer", _ => host.Act("inner"));
        JsonElement[] traces = host.Traces();
        Assert.Equal(["inner", "outer"], traces.Select(trace => trace.GetProperty("name").GetString()));
        Assert.Equal(traces[1].GetProperty("spanId").GetString(), traces[0].GetProperty("parentSpanId").GetString());
        Assert.Equal(traces[1].GetProperty("traceId").GetString(), traces[0].GetProperty("traceId").GetString());
    }

    [Fact]
    public async Task TraceAsync_FailsWhereTheWorkThrows()
    {
        using var host = new TracingHost(flags: [Tracing]);
        Assert.Equal(3, await host.Tracer.TraceAsync(_name, null, () => Task.FromResult(3)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Tracer.TraceAsync(_name, null, () => throw new InvalidOperationException()));
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Error], _activities.Select(activity => activity.Status));
    }

    [Fact]
    public void StartAction_WithEverythingOffAndNoContext_AllocatesNothing()
    {
        using var host = new TracingHost();
        using (host.Tracer.StartAction("act"))
        {
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            using (host.Tracer.StartAction("act"))
            {
            }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
