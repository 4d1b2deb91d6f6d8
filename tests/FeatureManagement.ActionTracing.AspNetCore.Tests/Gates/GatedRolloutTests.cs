using FeatureManagement.ActionTracing.Rollouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement.AspNetCore;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Gates;

/// <summary>A rollout of what stands behind a gate: control gets the gate's 404, which takes no time.</summary>
public sealed class GatedRolloutTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("/mvc/flag0")]
    [InlineData("/endpoint/flag0")]
    public async Task Gate_InARollout_IsNotRolledBackForBeingSlowerThanA404(string path)
    {
        await using WebHost host = await StartAsync();
        var rollouts = host.Services.GetRequiredService<IRolloutManager>();
        await rollouts.StartAsync("flag0", new FlagChange("ada", "a test"), new RolloutConfig { Type = RolloutType.Linear, Duration = TimeSpan.FromHours(1), StartPercentage = 50 });
        RolloutLoop loop = host.Services.GetServices<IHostedService>().OfType<RolloutLoop>().Single();
        await loop.TickAsync(default); // from now on it watches
        int on = 0, off = 0;
        for (int user = 0; user < 400; user++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-User", $"user{user}");
            using HttpResponseMessage response = await host.Client.SendAsync(request);
            _ = response.IsSuccessStatusCode ? on++ : off++;
        }
        for (int check = 0; check < 4; check++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await loop.TickAsync(default); // the host's own timer is on a thread of its own
        }
        RolloutStatus status = rollouts.GetStatus("flag0")!;
        Assert.Null(status.EndedAt);
        Assert.Equal((on, off), (status.ExposedUnits, status.ControlUnits));
        Assert.Equal("No comparable control: guarded by an error rate of 10 % only.", status.Note);
        Assert.Null(status.Latency);
    }

    private Task<WebHost> StartAsync() => WebHost.StartAsync(
        configuration: new() { ["ActionTracing:featureFlags:flag0:type"] = "percentage", ["ActionTracing:featureFlags:flag0:state"] = "disabled" },
        services: services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            HeaderUser.Serve(services);
        },
        map: app =>
        {
            app.MapControllers();
            app.MapGet("/endpoint/flag0", () => "on").WithFeatureGate("flag0");
        },
        pipeline: app =>
        {
            app.UseActionTracing();
            // What lies behind the gate takes its time; the 404 does not.
            app.Use(async (context, next) =>
            {
                await next(context);
                if (context.Response.StatusCode == StatusCodes.Status200OK)
                    _time.Advance(TimeSpan.FromMilliseconds(30));
            });
        });
}
