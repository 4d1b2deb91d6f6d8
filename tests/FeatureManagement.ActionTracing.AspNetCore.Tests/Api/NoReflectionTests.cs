using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>An application with <c>JsonSerializerIsReflectionEnabledByDefault</c> false (tests/…NoReflectionHost): each call answers as it does elsewhere.</summary>
public sealed class NoReflectionTests
{
    private const string Api = "/action-tracing/api/";

    [Fact]
    public async Task EveryCall_WithoutReflection_AnswersAndAKillOutlivesTheProcess()
    {
        using var directory = new TempDirectory();
        using (SampleProcess process = await StartAsync(directory))
        {
            foreach (string path in new[] { "flags", "flags/shop", "flags/shop/evaluate", "features", "rollouts", "status", "audit", "audit/evaluations", "audit/verify" })
                Assert.StartsWith(path is "flags" or "features" or "rollouts" or "audit" or "audit/evaluations" ? "[" : "{", await process.GetAsync(Api + path), StringComparison.Ordinal);
            await PostAsync(process, "flags/next/rollout/preview", new JsonObject(), HttpStatusCode.OK);
            await PostAsync(process, "flags/next/rollout", new JsonObject(), HttpStatusCode.Created);
            JsonObject refused = await PostAsync(process, "flags/next/rollout", new JsonObject(), HttpStatusCode.Conflict);
            Assert.Equal("next", (string?)JsonNode.Parse(await process.GetAsync(Api + "flags/next/rollout"))?["flag"]);
            Assert.NotNull(refused["detail"]);
            await PostAsync(process, "flags/next/rollout/pause", new JsonObject { ["reason"] = "wait" }, HttpStatusCode.OK);
            JsonObject killed = await PostAsync(process, "flags/shop/emergency", new JsonObject { ["reason"] = "stop" }, HttpStatusCode.OK);
            Assert.True((bool?)killed["stored"]);
            Assert.Equal("off", await process.GetAsync("/shop"));
        }
        using SampleProcess next = await StartAsync(directory);
        Assert.Equal("off", await next.GetAsync("/shop"));
        Assert.Equal("paused", (string?)JsonNode.Parse(await next.GetAsync(Api + "flags/next/rollout"))?["phase"]);
        await PostAsync(next, "flags/shop/emergency/clear", new JsonObject { ["reason"] = "works again" }, HttpStatusCode.OK);
        Assert.Equal("on", await next.GetAsync("/shop"));
    }

    private static Task<SampleProcess> StartAsync(TempDirectory directory) => SampleProcess.StartAsync(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { "exec", Path.Combine(AppContext.BaseDirectory, "FeatureManagement.ActionTracing.NoReflectionHost.dll"), directory.File("store.db") },
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    });

    private static async Task<JsonObject> PostAsync(SampleProcess process, string path, JsonObject body, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await process.Client.PostAsJsonAsync(Api + path, body);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{path}: {response.StatusCode} {answer}");
        return JsonNode.Parse(answer) as JsonObject ?? [];
    }
}
