using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>No flag breaks a list: what cannot be shown is a row that says so. Through a real server.</summary>
public sealed class BrokenRowTests
{
    [Fact]
    public async Task Rollout_AtTheEndOfTheCalendar_IsRefusedAndTheListsAnswer()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach (string plan in (string[])["""{"startAt":"9999-12-31T23:59:59Z"}""", """{"startAt":"0001-01-01T00:00:00Z"}""", """{"startAt":"2199-12-31T23:59:59Z"}""", """{"duration":"10675199.00:00:00"}"""])
        {
            using var content = new StringContent(plan, Encoding.UTF8, "application/json");
            using HttpResponseMessage refused = await client.PostAsync(new Uri("api/flags/recommendations/rollout", UriKind.Relative), content);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        Assert.All((await client.GetFromJsonAsync<JsonArray>("api/flags"))!, flag => Assert.Null(flag!["fault"]));
        Assert.Empty((await client.GetFromJsonAsync<JsonArray>("api/rollouts"))!);
    }

    [Fact]
    public async Task Lists_WithARecordThatCannotBeShown_HaveARowWithItsFault()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        const string Broken = """
            { "rollout": { "id": "x", "plan": { "maxLatencyIncrease": 1e999 }, "start": 1, "percentage": 1, "startedAt": "2026-01-01T00:00:00Z",
              "over": { "type": "percentage", "state": "rollout", "percentage": 60 }, "phase": "planned", "actor": "eve", "reason": "r" } }
            """;
        await host.Get<IActionTracingStore>().State.CommitAsync(new StoreCommit([new DocumentWrite(FlagRecords.KeyOf("recommendations"), Broken, null)], []), default);
        await host.Get<StoreSynchronizer>().SyncAsync(default);
        using var client = new HttpClient { BaseAddress = host.Address };

        foreach (string path in (string[])["api/flags", "api/rollouts", "api/flags/recommendations", "api/status"])
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.True(answer.IsSuccessStatusCode, path);
        }
        JsonArray flags = (await client.GetFromJsonAsync<JsonArray>("api/flags"))!;
        JsonNode row = flags.Single(flag => (string)flag!["name"]! == "recommendations")!;
        Assert.Equal(("percentage", "planned"), ((string)row["type"]!, (string)row["rollout"]!["phase"]!));
        Assert.True(flags.Count > 5);
        JsonNode rollout = Assert.Single((await client.GetFromJsonAsync<JsonArray>("api/rollouts"))!)!;
        Assert.Equal(("recommendations", "planned"), ((string)rollout["flag"]!, (string)rollout["phase"]!));
        Assert.Contains("cannot be shown", (string)rollout["fault"]!, StringComparison.Ordinal);
        Assert.Equal("recommendations", (string)(await client.GetFromJsonAsync<JsonObject>("api/flags/recommendations"))!["name"]!);
    }
}
