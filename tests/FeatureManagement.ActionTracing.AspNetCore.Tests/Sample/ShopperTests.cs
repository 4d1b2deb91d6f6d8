using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

/// <summary>The sample's simulated shoppers, seen as a rollout sees them: over HTTP, from a process of their own.</summary>
[Trait("Speed", "Slow")]
public sealed class ShopperTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    public async Task Shoppers_AreSoManyDifferentOnes_HoweverOftenTheyCome(int users)
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", Settings(users, errorRate: 0, delay: "00:00:00"));
        using SampleProcess shop = await StartAsync(root);
        await Eventually.EqualAsync($"{users}", async () => $"{Units(await RolloutAsync(shop))}");
        // For seconds more each comes again and again, and nobody else does.
        await Eventually.EqualAsync("later", async () => TimeSpan.Parse((string)(await RolloutAsync(shop))["monitoredTime"]!, CultureInfo.InvariantCulture) >= TimeSpan.FromSeconds(4) ? "later" : "now");
        JsonObject later = await RolloutAsync(shop);
        Assert.Equal(users, Units(later));
        Assert.Equal(0, (double?)later["errors"]!["exposed"] ?? 0);
    }

    [Fact]
    public async Task Fault_Errors_HitThoseWhoHaveTheFeatureAndNobodyElse_AndFollowAnEdit()
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", Settings(users: 20, errorRate: 1, delay: "00:00:00"));
        using SampleProcess shop = await StartAsync(root);
        await Eventually.EqualAsync("1 and 0", async () =>
        {
            JsonNode? errors = (await RolloutAsync(shop))["errors"]; // of control, null until a user without the flag came
            return $"{errors?["exposed"]} and {errors?["control"]}";
        });

        root.Write("appsettings.json", Settings(users: 20, errorRate: 0, delay: "00:00:00"));
        await Eventually.EqualAsync("OK", async () => (await SearchAsync(shop, exposed: true)).ToString());
        Assert.Equal(HttpStatusCode.OK, await SearchAsync(shop, exposed: false));
    }

    [Fact]
    public async Task Fault_Slowness_HitsThoseWhoHaveTheFeatureAndNobodyElse()
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", Settings(users: 20, errorRate: 0, delay: "00:00:00.250"));
        using SampleProcess shop = await StartAsync(root);
        await Eventually.EqualAsync("20", async () => $"{Units(await RolloutAsync(shop))}");
        JsonNode? latency = null;
        await Eventually.EqualAsync("known", async () => (latency = (await RolloutAsync(shop))["latency"])?["exposed"] is not null && latency["control"] is not null ? "known" : "unknown");
        Assert.True((double)latency!["exposed"]! >= 250, $"{latency}");
        Assert.True((double)latency["control"]! < (double)latency["exposed"]!, $"{latency}");
    }

    [Fact]
    public async Task Disabled_NobodyComes()
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", Settings(users: 5, errorRate: 0, delay: "00:00:00", enabled: false));
        using SampleProcess shop = await StartAsync(root);
        await Eventually.EqualAsync("1", async () =>
        {
            await SearchAsync(shop, exposed: true);
            return $"{Units(await RolloutAsync(shop))}";
        });
    }

    private static async Task<SampleProcess> StartAsync(TempDirectory root)
    {
        SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development");
        using HttpResponseMessage started = await shop.Client.PostAsJsonAsync("/action-tracing/api/flags/new_search/rollout",
            new { startPercentage = 50, targetPercentage = 100, duration = "10.00:00:00", guard = false, reason = "shoppers" });
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        return shop;
    }

    private static async Task<JsonObject> RolloutAsync(SampleProcess shop) => (await shop.Client.GetFromJsonAsync<JsonObject>("/action-tracing/api/flags/new_search/rollout"))!;

    /// <summary>What the search answers with and without the new code.</summary>
    private static async Task<HttpStatusCode> SearchAsync(SampleProcess shop, bool exposed)
    {
        string visitor = "";
        for (int i = 0; visitor.Length == 0; i++)
            if ((bool)(await shop.Client.GetFromJsonAsync<JsonObject>($"/action-tracing/api/flags/new_search/evaluate?userId=shopper-{i}"))!["enabled"]! == exposed)
                visitor = $"shopper-{i}";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/search?text=a");
        request.Headers.Add("Cookie", "shop-visitor=" + visitor);
        using HttpResponseMessage response = await shop.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static long Units(JsonObject rollout) => (long)rollout["exposedUnits"]! + (long)rollout["controlUnits"]!;

    private static string Settings(int users, double errorRate, string delay, bool enabled = true) => string.Create(CultureInfo.InvariantCulture, $$"""
        {
          "Shoppers": {
            "Enabled": {{(enabled ? "true" : "false")}}, "Users": {{users}}, "RequestsPerSecond": 100, "BuyersPerSecond": 0,
            "Fault": { "ErrorRate": {{errorRate}}, "Delay": "{{delay}}" }
          },
          "ActionTracing": {
            "featureFlags": { "new_search": { "type": "percentage", "state": "canary", "percentage": 1 } },
            "featureFlagSettings": { "safetyInterval": "00:00:01" }
          }
        }
        """);
}
