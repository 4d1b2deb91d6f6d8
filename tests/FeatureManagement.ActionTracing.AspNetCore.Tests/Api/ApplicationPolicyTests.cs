using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>What an application decides for all of its endpoints: the management endpoints are not among them.</summary>
public class ApplicationPolicyTests
{
    [Fact]
    public async Task OutputCache_BasePolicy_KeepsNoAnswerOfTheApi()
    {
        int asked = 0;
        await using DashboardHost host = await StartAsync(
            services => services.AddOutputCache(cache => cache.AddBasePolicy(policy => policy.Expire(TimeSpan.FromHours(1)))),
            app =>
            {
                app.UseOutputCache();
                app.MapGet("/news", () => $"{Interlocked.Increment(ref asked)}");
            });
        using var client = new HttpClient { BaseAddress = host.Address };
        Assert.Equal(("1", "1"), (await client.GetStringAsync("/news"), await client.GetStringAsync("/news"))); // the policy is there
        foreach (string path in (string[])["api/flags", "api/flags/checkout"])
            Assert.DoesNotContain("It burns.", await client.GetStringAsync(path), StringComparison.Ordinal);
        await host.Flags.EmergencyShutdownAsync("checkout", new FlagChange("maria", "It burns."));
        foreach (string path in (string[])["api/flags", "api/flags/checkout"])
            Assert.Contains("It burns.", await client.GetStringAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestTimeouts_DefaultPolicy_LeavesTheEventStreamOpen()
    {
        await using DashboardHost host = await StartAsync(
            services => services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new() { Timeout = TimeSpan.FromMilliseconds(500) }),
            app =>
            {
                app.UseRequestTimeouts();
                app.MapGet("/slow", async (HttpContext request) => await Task.Delay(Timeout.Infinite, request.RequestAborted));
            });
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage events = await client.GetAsync("api/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync());
        Assert.Equal("event: hello", await reader.ReadLineAsync());
        // Began later, and is over: the stream has lived longer than the timeout.
        using HttpResponseMessage slow = await client.GetAsync("/slow");
        Assert.Equal(HttpStatusCode.GatewayTimeout, slow.StatusCode);
        await host.Flags.EmergencyShutdownAsync("checkout", new FlagChange("maria", "It burns."));
        string? line;
        while ((line = await reader.ReadLineAsync()) != "event: change")
            Assert.NotNull(line);
    }

    [Fact]
    public async Task OpenApi_DocumentOfTheApplication_HasItsOwnPathsAlone()
    {
        await using DashboardHost host = await StartAsync(
            services => services.AddOpenApi(),
            app =>
            {
                app.MapOpenApi();
                app.MapGet("/news", () => "none");
            });
        using var client = new HttpClient { BaseAddress = host.Address };
        JsonObject document = (await client.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!;
        Assert.Equal(["/news"], document["paths"]!.AsObject().Select(path => path.Key));
    }

    private static Task<DashboardHost> StartAsync(Action<IServiceCollection> services, Action<WebApplication> pipeline) => DashboardHost.StartAsync(
        services: builder => services(builder.Services),
        pipeline: app =>
        {
            app.UseRouting(); // these read what an endpoint says
            pipeline(app);
        });
}
