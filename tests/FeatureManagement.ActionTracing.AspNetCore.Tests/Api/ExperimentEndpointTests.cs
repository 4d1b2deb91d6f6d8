using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.Experiments;
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
        ["ActionTracing:featureFlags:layout:variants:grid's, wide:weight"] = "1",
        ["ActionTracing:featureFlags:layout:variants:list:weight"] = "1",
        ["ActionTracing:featureFlags:layout:experiment:control"] = "list",
        ["ActionTracing:featureFlags:layout:experiment:primaryMetric"] = "bought",
        ["ActionTracing:featureFlags:layout:experiment:metrics:bought:kind"] = "binary",
    };

    [Fact]
    public async Task Get_AnExperiment_SaysWhatItShows()
    {
        await using WebHost host = await StartAsync();
        string said = await host.Client.GetStringAsync("api/experiments/LAYOUT");
        Assert.Contains("\"variant\":\"grid's, wide\"", said, StringComparison.Ordinal); // as it is written, not escaped for a page
        JsonObject result = JsonNode.Parse(said)!.AsObject();
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
        Assert.Contains(",bought,primary,\"grid's, wide\",", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",keep_running,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",control,", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"//evil/\",\"x\")", "\"'=HYPERLINK(\"\"//evil/\"\",\"\"x\"\")\"")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-1+cmd", "'-1+cmd")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠SUM(1)", "'＠SUM(1)")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("a;=1", "\"a;=1\"")] // where a semicolon parts cells
    [InlineData("a=1", "a=1")]
    [InlineData("-", "'-")]
    public void Csv_ANameThatASpreadsheetWouldCompute_IsText(string name, string cell)
    {
        var interval = new ExperimentInterval(-0.25, -0.5, -1e-5);
        var comparison = new ExperimentComparison { Variant = name, Verdict = ExperimentVerdict.Worse, Summary = "", MinimumsMet = true, PValue = 0.5, Difference = interval, DecidedAt = DateTimeOffset.UnixEpoch };
        var metric = new ExperimentMetricResult
        {
            Name = name,
            Kind = MetricKind.Binary,
            Role = MetricRole.Guardrail,
            HigherIsBetter = true,
            Variants = [new(name, 7, -3)],
            Comparisons = [comparison],
        };
        var result = new ExperimentResult
        {
            Flag = name,
            Run = 1,
            Started = default,
            At = DateTimeOffset.UnixEpoch,
            Control = "a",
            PrimaryMetric = name,
            Alpha = 0.05,
            PlannedUnits = 1,
            Units = 7,
            Verdict = ExperimentVerdict.Worse,
            Summary = "",
            SampleRatio = new ExperimentSampleRatio { IsMismatch = false, PValue = 1, Allocation = [] },
            Metrics = [metric],
            History = [],
        };
        string table = ExperimentCsv.Write(result);
        Assert.Equal(
            $"{cell},1,1970-01-01T00:00:00.0000000+00:00,{cell},guardrail,{cell},7,-3,-0.25,-0.5,-1E-05,,,,0.5,,worse,1970-01-01T00:00:00.0000000+00:00\r\n",
            table[(table.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }

    [Theory]
    [InlineData("api/experiments/plain", HttpStatusCode.NotFound, "Flag 'plain' has no experiment.")]
    [InlineData("api/experiments/layuot", HttpStatusCode.NotFound, "Flag 'layuot' not found. Did you mean 'layout'?")]
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
        await host.Services.GetRequiredService<ExperimentChecks>().CheckAsync("layout", default);
        return host;
    }
}
