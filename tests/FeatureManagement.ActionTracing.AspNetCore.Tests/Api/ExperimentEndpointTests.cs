using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

public class ExperimentEndpointTests
{
    private static readonly Dictionary<string, string?> Configuration = new()
    {
        ["ActionTracing:featureFlags:plain:type"] = "boolean",
        ["ActionTracing:featureFlags:plain:state"] = "enabled",
        ["ActionTracing:featureFlags:layout:type"] = "multivariate",
        ["ActionTracing:featureFlags:layout:state"] = "enabled",
        ["ActionTracing:featureFlags:layout:variants:grid, wide:weight"] = "1",
        ["ActionTracing:featureFlags:layout:variants:list:weight"] = "1",
        ["ActionTracing:featureFlags:layout:experiment:control"] = "list",
        ["ActionTracing:featureFlags:layout:experiment:primaryMetric"] = "bought",
        ["ActionTracing:featureFlags:layout:experiment:metrics:bought:kind"] = "binary",
    };

    [Fact]
    public async Task Get_AnExperiment_SaysWhatItShows()
    {
        await using WebHost host = await StartAsync();
        JsonObject result = (await host.Client.GetFromJsonAsync<JsonObject>("api/experiments/LAYOUT"))!;
        Assert.Equal(("layout", 1, 40, "keep_running"), ((string)result["flag"]!, (int)result["run"]!, (int)result["units"]!, (string)result["verdict"]!));
        Assert.StartsWith("Keep running: needs ", (string)result["summary"]!, StringComparison.Ordinal);
        Assert.Equal(40, result["metrics"]![0]!["variants"]!.AsArray().Sum(arm => (int)arm!["units"]!));
    }

    [Fact]
    public async Task Get_AsCsv_IsATable()
    {
        await using WebHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.GetAsync("api/experiments/layout?format=csv");
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        string[] lines = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("flag,run,at,metric,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",bought,primary,\"grid, wide\",", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",keep_running", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",control", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/experiments/plain", HttpStatusCode.NotFound, "Flag 'plain' has no experiment.")]
    [InlineData("api/experiments/layuot", HttpStatusCode.NotFound, "There is no flag 'layuot'. Did you mean 'layout'?")]
    [InlineData("api/experiments/layout?format=xml", HttpStatusCode.BadRequest, "format is xml; it must be json or csv.")]
    public async Task Get_WhatIsNotThere_SaysSo(string path, HttpStatusCode status, string detail)
    {
        await using WebHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.GetAsync(path);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(detail, (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }

    private static async Task<WebHost> StartAsync()
    {
        WebHost host = await WebHost.StartAsync(configuration: Configuration, map: app => app.MapActionTracing("/action-tracing").AllowAnonymous());
        for (int i = 0; i < 40; i++)
            host.Services.GetRequiredService<IFeatureFlagManager>().GetVariant("layout", new FeatureFlagContext { UserId = $"u{i}" });
        await host.Services.GetRequiredService<IExperimentRecorder>().FlushAsync();
        return host;
    }
}
