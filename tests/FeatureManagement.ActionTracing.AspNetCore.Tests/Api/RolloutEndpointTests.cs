using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>Driving a rollout over HTTP.</summary>
public class RolloutEndpointTests
{
    [Fact]
    public async Task Rollout_FromStartToCompletion_IsDrivenByHand()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        JsonObject started = await SendAsync(host, "checkout/rollout", """{"type":"exponential","duration":"02:00:00","startPercentage":2,"reason":"launch"}""", HttpStatusCode.Created);
        Assert.Equal(("canary", 2, "exponential", "launch", "olga"), (
            (string)started["phase"]!, (int)started["currentPercentage"]!, (string)started["plan"]!["type"]!, (string)started["reason"]!, (string)started["actor"]!));
        Assert.Equal("checkout", (string)Assert.Single((await host.Client.GetFromJsonAsync<JsonArray>("api/rollouts"))!)!["flag"]!);
        JsonObject flag = (await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout"))!;
        Assert.Equal(("rollout", "canary"), ((string)flag["source"]!, (string)flag["rollout"]!["phase"]!));

        await SendAsync(host, "checkout/rollout", """{"reason":"again"}""", HttpStatusCode.Conflict);
        Assert.Equal("paused", (string)(await SendAsync(host, "checkout/rollout/pause", """{"reason":"lunch"}"""))["phase"]!);
        Assert.Equal("canary", (string)(await SendAsync(host, "checkout/rollout/resume", """{"reason":"back"}"""))["phase"]!);
        Assert.Equal("complete", (string)(await SendAsync(host, "checkout/rollout/complete", """{"reason":"all is well"}"""))["phase"]!);
        Assert.Equal("enabled", (string)(await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout"))!["state"]!);
        await SendAsync(host, "checkout/rollout/rollback", """{"reason":"too late"}""", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task RollBack_ByHand_RestoresTheFlag()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        await SendAsync(host, "checkout/rollout", """{"startPercentage":10}""", HttpStatusCode.Created);
        Assert.Equal("rolled_back", (string)(await SendAsync(host, "checkout/rollout/rollback", """{"reason":"complaints"}"""))["phase"]!);
        JsonObject flag = (await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout"))!;
        Assert.Equal((0.5m, "configuration"), ((decimal)flag["percentage"]!, (string)flag["source"]!));
        Assert.Equal("complaints", (string)(await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout/rollout"))!["reason"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Start_WithoutABody_TakesTheFlagsOwnPlan(string body)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        JsonObject started = await SendAsync(host, "checkout/rollout", body, HttpStatusCode.Created);
        Assert.Equal(("linear", "Started over the management API."), ((string)started["plan"]!["type"]!, (string)started["reason"]!));
    }

    [Theory]
    [InlineData("""{"startPercentage":5,"targetPercentage":50}""")]
    [InlineData("""{"type":"exponential","slowThreshold":250,"maxHold":"00:10:00","guard":false}""")]
    [InlineData("""{"type":"stepped","duration":"01:00:00","checkpoints":[10,20]}""")]
    [InlineData("""{"type":"stepped","targetPercentage":60,"rollbackTo":"disabled"}""")]
    [InlineData("""{"type":"custom","schedule":[{"after":3600000,"percentage":20},{"after":7200000,"percentage":40}]}""")]
    [InlineData("""{"safetyThresholds":{"maxErrorRate":0.1,"phases":{"canary":{"maxLatency":200},"majority":{"minimumSamples":5}}}}""")]
    public async Task Start_WithThePlanOfAStatus_HasTheSamePlan(string body)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        JsonNode plan = (await SendAsync(host, "checkout/rollout", body, HttpStatusCode.Created))["plan"]!;
        await SendAsync(host, "checkout/rollout/rollback", """{"reason":"once more"}""");
        JsonNode again = (await SendAsync(host, "checkout/rollout", plan.ToJsonString(), HttpStatusCode.Created))["plan"]!;
        Assert.Equal(plan.ToJsonString(), again.ToJsonString());
    }

    [Fact]
    public async Task Preview_AnUnsavedPlan_ListsItsStepsAndChangesNothing()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        using HttpResponseMessage response = await host.Client.PostAsync("api/flags/checkout/rollout/preview", Body("""{"type":"stepped","duration":"01:00:00","checkpoints":[10,20]}"""));
        JsonArray steps = (await response.Content.ReadFromJsonAsync<JsonArray>())!;
        Assert.Equal([1m, 10m, 20m], steps.Select(step => (decimal)step!["percentage"]!));
        Assert.Empty((await host.Client.GetFromJsonAsync<JsonArray>("api/rollouts"))!);
    }

    [Theory]
    [InlineData("""{"type":"linaer","duration":-1}""", "Flag 'checkout': rolloutConfig.type is linaer")]
    [InlineData("""{"durration":60000}""", "did you mean duration?")]
    [InlineData("""{"startPercentage":200}""", "rolloutConfig.startPercentage is 200; it must be between 0 and 100")]
    [InlineData("""{"safetyThresholds":{"maxErrorRateWithoutControl":5}}""", "safetyThresholds.maxErrorRateWithoutControl is 5; it must be between 0.001 and 1")]
    [InlineData("""{"type":"stepped","checkpoints":[10,20],"targetPercentage":100}""", "rolloutConfig.targetPercentage is 100, and the last of checkpoints is 20")]
    [InlineData("""{"type":"custom","schedule":[{"after":5000,"percentage":20}],"duration":"02:00:00"}""", "rolloutConfig.duration is 02:00:00 and has no effect")]
    public async Task Start_AWrongPlan_IsRefusedByTheRulesOfConfiguration(string body, string sentence)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        JsonObject problem = await SendAsync(host, "checkout/rollout", body, HttpStatusCode.BadRequest);
        Assert.Contains(sentence, (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Empty((await host.Client.GetFromJsonAsync<JsonArray>("api/rollouts"))!);
    }

    [Fact]
    public async Task Get_FlagThatWasNeverRolledOut_Is404()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        using HttpResponseMessage response = await host.Client.GetAsync("api/flags/checkout/rollout");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static StringContent Body(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static async Task<JsonObject> SendAsync(WebHost host, string path, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await host.Client.PostAsync("api/flags/" + path, Body(body));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {answer}");
        return JsonNode.Parse(answer)!.AsObject();
    }
}
