using System.Diagnostics;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Integration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

/// <summary>A request that is traced for some users only: decided once it is known for whom it is, over Kestrel and with users who sign in after tracing begins.</summary>
public sealed class LateTraceTests : IDisposable
{
    private static readonly Dictionary<string, string?> ForAlice = new()
    {
        ["ActionTracing:featureFlags:action_tracing_enabled:type"] = "whitelist",
        ["ActionTracing:featureFlags:action_tracing_enabled:state"] = "canary",
        ["ActionTracing:featureFlags:action_tracing_enabled:whitelist:0"] = "alice",
        ["ActionTracing:featureFlags:verbose_tracing:type"] = "multivariate",
        ["ActionTracing:featureFlags:verbose_tracing:state"] = "enabled",
        ["ActionTracing:featureFlags:verbose_tracing:variants:standard:weight"] = "1",
    };

    private readonly List<Activity> _activities = [];
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivityListener _listener;

    public LateTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActionTracingSource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == _trace ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId != _trace)
                    return; // of a test beside this one
                lock (_activities)
                    _activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (string accessor in (string[])["Microsoft's", "caching", "ours", "none", "scoped", "asynchronous", "throwing"])
            foreach (string position in ShopHost.Positions)
                rows.Add(accessor, position);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Request_TracedForOneUser_IsTracedForNobodyElse(string accessor, string position)
    {
        await using ShopHost host = await ShopHost.StartAsync(accessor, position, settings: ForAlice);
        foreach (string path in (string[])["/nothing", "/ours"])
        {
            foreach (string? user in (string?[])["bob", null, "alice"])
            {
                if (user is null && path == "/ours")
                    continue;
                await host.GetAsync(path, user, _trace);
            }
            Activity activity = Assert.Single(await StoppedAsync(1));
            Assert.Equal($"GET {path}", activity.DisplayName);
            Assert.Equal(200, activity.GetTagItem("http.response.status_code"));
            Assert.Equal(_trace, activity.TraceId);
            lock (_activities)
                _activities.Clear();
        }
    }

    [Fact]
    public async Task Request_InWhichActionsEndBeforeAuthentication_IsTracedForItsUser()
    {
        await using ShopHost host = await ShopHost.StartAsync("none", "first", settings: ForAlice, beforeAuthentication: app => app.Use(async (context, next) =>
        {
            IActionTracer tracer = context.RequestServices.GetRequiredService<IActionTracer>();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => tracer.TraceAsync("early", null, () => Task.CompletedTask))));
            await next(context);
        }));
        foreach (string? user in (string?[])["bob", null, "alice"])
            await host.GetAsync("/nothing", user, _trace);
        Activity activity = Assert.Single(await StoppedAsync(1));
        Assert.Equal("GET /nothing", activity.DisplayName);
    }

    [Fact]
    public async Task Activity_ThatBeginsLate_HasTheParentAndTheEvaluations_AndIsNobodysParent()
    {
        await using ShopHost host = await ShopHost.StartAsync("caching", "first", settings: ForAlice);
        string answer = await host.GetAsync("/ours", "alice", _trace);
        Activity activity = Assert.Single(await StoppedAsync(1));
        Assert.Contains("True", answer, StringComparison.Ordinal);
        Assert.NotEqual(default, activity.ParentSpanId);
        ActivityEvent evaluation = Assert.Single(activity.Events);
        Assert.Equal("ours", evaluation.Tags.ToDictionary()["feature_flag.key"]);
        Assert.True(activity.Duration > TimeSpan.Zero);
    }

    public void Dispose() => _listener.Dispose();

    // The activity ends after the answer has been sent.
    private async Task<Activity[]> StoppedAsync(int count)
    {
        await Eventually.EqualAsync($"{count}", () => Task.FromResult($"{Stopped().Length}"));
        return Stopped();
    }

    private Activity[] Stopped()
    {
        lock (_activities)
            return [.. _activities];
    }
}
