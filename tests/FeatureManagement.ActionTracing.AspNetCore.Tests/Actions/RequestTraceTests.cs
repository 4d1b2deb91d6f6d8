using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

/// <summary>The form of a request in a trace.</summary>
public sealed class RequestTraceTests : IDisposable
{
    private readonly List<Activity> _activities = [];
    private readonly ActivityListener _listener;
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();

    public RequestTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActionTracingSource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == _trace ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _trace) // tests beside this one use the same source
                    _activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Request_FollowsTheFlagLive_AndIsNamedByItsRoute()
    {
        await using Shop shop = await Shop.StartAsync(
            100,
            app =>
            {
                app.MapGet("/cart/{id}", (int id) => id == 1 ? Results.Ok() : throw new InvalidOperationException("broken"));
                app.MapControllerRoute("default", "{controller}/{action}");
                app.MapControllers();
            },
            builder => builder.Services.AddControllers().AddApplicationPart(typeof(GatedController).Assembly),
            outside: app => app.Use(async (context, next) =>
            {
                using Activity activity = new Activity("server").SetParentId(_trace, ActivitySpanId.CreateRandom()).Start();
                await next();
            }));
        await shop.GetAsync("/cart/1");
        Assert.Empty(_activities);

        shop.Set("ActionTracing:featureFlags:action_tracing_enabled:state", "enabled");
        shop.Set("ActionTracing:featureFlags:verbose_tracing:type", "multivariate");
        shop.Set("ActionTracing:featureFlags:verbose_tracing:state", "enabled");
        shop.Set("ActionTracing:featureFlags:verbose_tracing:variants:standard:weight", "1");
        await shop.GetAsync("/cart/1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => shop.GetAsync("/cart/2"));
        await shop.GetAsync("/gated/conventional");
        await shop.GetAsync("/nothing");
        Assert.Equal(["GET /cart/{id}", "GET /cart/{id}", "GET /Gated/Conventional", "GET"], _activities.Select(activity => activity.DisplayName));
        Assert.Equal([200, 500, 200, 404], _activities.Select(activity => activity.GetTagItem("http.response.status_code")));
        Assert.Equal("/cart/{id}", _activities[0].GetTagItem("http.route"));
        Assert.Equal("System.InvalidOperationException", _activities[1].GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, _activities[1].Status);

        shop.Set("ActionTracing:featureFlags:action_tracing_enabled:state", "disabled");
        await shop.GetAsync("/cart/1");
        Assert.Equal(4, _activities.Count);
    }

    [Theory]
    [InlineData("/orders/1", "GET /orders/{id}", 500)]
    [InlineData("/items/1", "GET /items/{id}", 409)]
    [InlineData("/unknown", "GET", 404)]
    public async Task Request_ThatAnErrorPageAnswers_KeepsTheNameOfItsOwnEndpoint(string path, string name, int status)
    {
        await using Shop shop = await Shop.StartAsync(
            100,
            app =>
            {
                app.UseExceptionHandler("/error");
                app.UseStatusCodePagesWithReExecute("/status/{0}");
                app.MapGet("/orders/{id}", IResult (int id) => throw new InvalidOperationException("broken"));
                app.MapGet("/items/{id}", (int id) => Results.StatusCode(409));
                app.MapGet("/error", () => "an error page");
                app.MapGet("/status/{c}", (int c) => $"a page for {c}");
            },
            outside: app => app.Use(async (context, next) =>
            {
                using Activity activity = new Activity("server").SetParentId(_trace, ActivitySpanId.CreateRandom()).Start();
                await next();
            }), kestrel: true);
        shop.Set("ActionTracing:featureFlags:action_tracing_enabled:state", "enabled");
        shop.Set("ActionTracing:featureFlags:performance_monitoring:type", "boolean");
        shop.Set("ActionTracing:featureFlags:performance_monitoring:state", "enabled");
        using var durations = new MetricCollector<double>(shop.Meters, ActionTracingMeter.Name, "action.duration");
        using HttpResponseMessage response = await shop.GetAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith("a", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Eventually.True(() => _activities.Count == 1 && durations.GetMeasurementSnapshot().Count == 1, () => "the request did not end");
        Assert.Equal(name, _activities[0].DisplayName);
        Assert.Equal(name, durations.GetMeasurementSnapshot()[0].Tags["action.name"]);
    }
}
