using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;
using Xunit.Abstractions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Rollouts;

/// <summary>A flag that always fails, at 50 % of 50 requests a second, over Kestrel and with the default settings: how soon it is rolled back.</summary>
public sealed class FailingRolloutTests(ITestOutputHelper output)
{
    private static readonly RolloutConfig Plan = new() { Type = RolloutType.Stepped, StartPercentage = 50, Checkpoints = [99], Duration = TimeSpan.FromHours(1) };

    private const int Goal = 60;

    // A machine that runs all tests at once is late with its checks.
    private static readonly int MostFailures = Environment.GetEnvironmentVariable("CI") == "true" ? 3 * Goal : Goal;

    [Theory]
    [InlineData("/", "error rate 100 % with the flag on against 0 % off")]
    [InlineData("/failing", "error rate 100 % of ")]
    public async Task AlwaysFailing_IsRolledBackBeforeTheFirstSafetyInterval(string path, string reason)
    {
        int failures = 0;
        await using WebApplication app = await StartAsync(() => Interlocked.Increment(ref failures));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await client.GetAsync(new Uri("/warm", UriKind.Relative)); // what a first request costs is none of the rollout's business
        int before = FailingController.Failures;
        var rollouts = app.Services.GetRequiredService<IRolloutManager>();

        long start = Stopwatch.GetTimestamp();
        await rollouts.StartAsync("f", new FlagChange("ada", "a test"), Plan);
        var requests = new List<Task>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (int user = 0; rollouts.GetStatus("f") is { EndedAt: null } && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30); user++)
        {
            await pace.WaitForNextTickAsync();
            requests.Add(GetAsync(client, path, $"user{user}"));
        }
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        await Task.WhenAll(requests);
        failures += FailingController.Failures - before;

        RolloutStatus status = rollouts.GetStatus("f")!;
        output.WriteLine($"{path}: rolled back after {elapsed.TotalSeconds:0.00} s and {failures} failures: {status.Reason}");
        Assert.True(status.Phase is RolloutPhase.RolledBack or RolloutPhase.RollingBack, $"{status.Phase}"); // the store may not have it yet
        Assert.StartsWith(reason, status.Reason, StringComparison.Ordinal);
        Assert.InRange(failures, 3, MostFailures);
    }

    private static async Task GetAsync(HttpClient client, string path, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-User", user);
        using HttpResponseMessage response = await client.SendAsync(request);
    }

    private static async Task<WebApplication> StartAsync(Action failed)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:f:type"] = "boolean",
            ["ActionTracing:featureFlags:f:state"] = "disabled",
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.AddAspNetCore());
        HeaderUser.Serve(builder.Services);
        WebApplication app = builder.Build();
        app.UseActionTracing();
        app.MapControllers();
        app.MapGet("/warm", () => "warm");
        app.MapGet("/", async (IFeatureManagerSnapshot manager) =>
        {
            if (!await manager.IsEnabledAsync("f"))
                return Results.Ok();
            failed();
            throw new InvalidOperationException("This always fails.");
        });
        await app.StartAsync();
        return app;
    }
}
