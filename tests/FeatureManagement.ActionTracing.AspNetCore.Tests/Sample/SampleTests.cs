using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

/// <summary>The shop as a process, with a file that is edited while it runs.</summary>
public class SampleTests
{
    private const string Order = """{"productId":2,"quantity":2}""";

    [Fact]
    public async Task Edit_AnyOfAFlag_IsObeyedWithoutARestart()
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", Settings());
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        Assert.Equal("404", await PayAsync(shop));

        root.Write("appsettings.json", Settings(state: "enabled"));
        await UntilAsync(shop, PayAsync, """{"product":"Hand grinder","quantity":2,"total":178.00,"steps":1}""");

        root.Write("appsettings.json", Settings(state: "rollout", percentage: "0"));
        await UntilAsync(shop, PayAsync, "404");
        root.Write("appsettings.json", Settings(state: "rollout", percentage: "100"));
        await UntilAsync(shop, PayAsync, """{"product":"Hand grinder","quantity":2,"total":178.00,"steps":1}""");

        root.Write("appsettings.json", Settings(state: "rollout", percentage: "0", whitelist: "\"visitor-1\""));
        await UntilAsync(shop, PayAsync, "404", visitor: "visitor-2");
        await UntilAsync(shop, PayAsync, """{"product":"Hand grinder","quantity":2,"total":178.00,"steps":1}""");

        root.Write("appsettings.json", Settings(weights: (0.0001m, 1000m)));
        await UntilAsync(shop, LayoutAsync, """{"variant":"list","columns":1,"pictures":true}""");
        root.Write("appsettings.json", Settings(weights: (1000m, 0.0001m)));
        await UntilAsync(shop, LayoutAsync, """{"variant":"grid","columns":3,"pictures":true}""");

        root.Write("appsettings.json", Settings(overlay: "enabled"));
        await UntilAsync(shop, PayAsync, """{"product":"Hand grinder","quantity":2,"total":178.00,"steps":1}""");
        root.Write("appsettings.json", Settings());
        await UntilAsync(shop, PayAsync, "404");
    }

    [Fact]
    public async Task Edit_BrokenFiles_ChangeNothingAndHealthSaysSo()
    {
        using var root = new TempDirectory();
        string good = Settings(state: "enabled");
        root.Write("appsettings.json", good);
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);

        foreach (string broken in (string[])["{ garbage", "", good[..(good.Length / 2)]])
        {
            root.Write("appsettings.json", broken);
            await UnhealthyAsync(shop, "appsettings.json");
            Assert.StartsWith("{", await PayAsync(shop), StringComparison.Ordinal);
            Assert.Equal("""{"text":"A flag of Microsoft.FeatureManagement."}""", await shop.GetAsync("/promotions/banner"));

            root.Write("appsettings.json", good);
            await HealthyAsync(shop);
        }

        File.Delete(root.File("appsettings.json"));
        await UnhealthyAsync(shop, "appsettings.json");
        Assert.StartsWith("{", await PayAsync(shop), StringComparison.Ordinal);

        root.Write("appsettings.json", Settings());
        await HealthyAsync(shop);
        await UntilAsync(shop, PayAsync, "404");
    }

    [Fact]
    public async Task Edit_OneFlagInvalid_TheKillOfAnotherActs()
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", Settings(state: "enabled"));
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        Assert.StartsWith("{", await PayAsync(shop), StringComparison.Ordinal);

        root.Write("appsettings.json", Settings(state: "emergency_off", weights: (-1m, 1m)));
        await UntilAsync(shop, PayAsync, "404");
        await UnhealthyAsync(shop, "Flag 'product_layout': variants.grid.weight is -1; it must be a number greater than 0");
    }

    [Fact]
    public async Task Swap_OfAMountedDirectory_IsObeyed()
    {
        using var root = new TempDirectory();
        Mount(root, "..first", Settings());
        Directory.CreateSymbolicLink(root.File("..data"), "..first");
        File.CreateSymbolicLink(root.File("appsettings.json"), "..data/appsettings.json");
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        Assert.Equal("404", await PayAsync(shop));

        // As the kubelet does it: a new directory, and the link moved onto it.
        Mount(root, "..second", Settings(state: "enabled"));
        Directory.CreateSymbolicLink(root.File("..data_tmp"), "..second");
        using (Process move = Process.Start("mv", ["-T", root.File("..data_tmp"), root.File("..data")]))
            await move.WaitForExitAsync();
        await UntilAsync(shop, PayAsync, """{"product":"Hand grinder","quantity":2,"total":178.00,"steps":1}""");
    }

    [Fact]
    public async Task Start_OnAnEmptyContentRoot_HasADefaultForEverything()
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        Assert.StartsWith("[{\"id\":1,", await shop.GetAsync("/products"), StringComparison.Ordinal);
        Assert.Equal("404", await PayAsync(shop));
        Assert.Equal("""{"columns":1,"pictures":false}""", (await shop.GetAsync("/products/layout")).Replace("\"variant\":null,", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Management_InProduction_IsClosedToAnonymousCallers()
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        using HttpResponseMessage response = await shop.Client.GetAsync("/action-tracing/api/flags");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Rollouts_WhereNobodyDoesAnything_OneGoesThroughAndOneIsPutBackByItself()
    {
        using var root = new TempDirectory();
        CopySettings(root);
        string healthy, failing;
        using (SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development"))
        {
            var bound = TimeSpan.FromSeconds(150);
            await Eventually.EqualAsync("rolled_back", () => PhaseAsync(shop, "new_search"), bound);
            await Eventually.EqualAsync("complete", () => PhaseAsync(shop, "delivery_promise"), bound);
            (healthy, failing) = (await IdAsync(shop, "delivery_promise"), await IdAsync(shop, "new_search"));
            Assert.Matches(@"^error rate [\d.]+ % with the flag on against [\d.]+ % off.*, as likely as not at least [\d.]+ ×$", (string)(await RolloutAsync(shop, "new_search"))["reason"]!);
            Assert.Equal("disabled", (string)JsonNode.Parse(await shop.GetAsync("/action-tracing/api/flags/new_search"))!["state"]!);
            Assert.Equal("enabled", (string)JsonNode.Parse(await shop.GetAsync("/action-tracing/api/flags/delivery_promise"))!["state"]!);
        }

        // Over the same database nothing runs again. A new flag shows that the shop has read the file.
        JsonNode settings = JsonNode.Parse(await File.ReadAllTextAsync(root.File("appsettings.json")))!;
        settings["ActionTracing"]!["featureFlags"]!["latecomer"] = JsonNode.Parse("""{ "type": "percentage", "state": "disabled", "rolloutConfig": { "autoStart": true, "startPercentage": 10 } }""");
        root.Write("appsettings.json", settings.ToJsonString());
        using (SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development"))
        {
            await Eventually.EqualAsync("gradual", () => PhaseAsync(shop, "latecomer"));
            Assert.Equal((healthy, "complete"), (await IdAsync(shop, "delivery_promise"), await PhaseAsync(shop, "delivery_promise")));
            Assert.Equal((failing, "rolled_back"), (await IdAsync(shop, "new_search"), await PhaseAsync(shop, "new_search")));
        }
    }

    // Buyers are drawn at random. With so many the winner is found for certain, and what makes no difference may be called one by chance, so that its verdict is not asked.
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Experiments_OneHasAWinnerAndTwoTrulyHaveNone()
    {
        using var root = new TempDirectory();
        JsonNode settings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "FeatureManagement.ActionTracing.Sample", "appsettings.json")))!;
        settings["Shoppers"]!["BuyersPerSecond"] = 1_000;
        settings["Shoppers"]!["RequestsPerSecond"] = 1;
        root.Write("appsettings.json", settings.ToJsonString());
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development");
        await Eventually.EqualAsync("enough", async () => (long)(await ExperimentAsync(shop, "button_colour"))["units"]! >= 8_000 ? "enough" : "not yet", TimeSpan.FromSeconds(150));

        JsonObject layout = await ExperimentAsync(shop, "product_layout");
        Assert.Equal("better", (string)layout["verdict"]!);
        Assert.StartsWith("grid is better than list in bought: +", (string)layout["summary"]!, StringComparison.Ordinal);
        JsonNode colour = (await ExperimentAsync(shop, "button_colour"))["metrics"]![0]!["comparisons"]![0]!;
        Assert.Equal("green", (string)colour["variant"]!);
        Assert.InRange((double)colour["difference"]!["estimate"]!, -0.05, 0.05); // seven standard errors
        JsonNode verbosity = (await ExperimentAsync(shop, "trace_verbosity_test"))["metrics"]![0]!;
        Assert.All(verbosity["variants"]!.AsArray(), arm => Assert.InRange((double)arm!["mean"]!, 27, 33)); // of 30, at least twelve
        Assert.Equal(["detailed", "minimal"], verbosity["comparisons"]!.AsArray().Select(comparison => (string)comparison!["variant"]!));
    }

    [Fact]
    public async Task Start_WithItsOwnSettings_AnswersAsTheGuideSays()
    {
        using var root = new TempDirectory();
        CopySettings(root);
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development");
        foreach (string flag in (string[])["delivery_promise", "new_search"])
            await Eventually.EqualAsync("True", async () => (await shop.GetAsync($"/action-tracing/api/flags/{flag}/rollout")).StartsWith('{').ToString());
        JsonNode guide = JsonNode.Parse(await shop.GetAsync("/"))!;
        JsonArray calls = guide["tryThis"]!.AsArray();
        Assert.Contains(calls, call => ((string)call!["about"]!).Contains($"'holiday_banner', an ordinary flag of feature_management: on from {Christmas(root):d MMMM yyyy} ", StringComparison.Ordinal));
        foreach (JsonNode? call in calls)
        {
            string path = (string)call!["path"]!;
            using var request = new HttpRequestMessage(new HttpMethod((string)call["method"]!), path);
            request.Headers.Add("Cookie", "shop-visitor=alice");
            if ((string?)call["body"] is { } body)
                request.Content = JsonContent.Create(JsonNode.Parse(body));
            using HttpResponseMessage response = await shop.Client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode || (path == "/promotions" && response.StatusCode == HttpStatusCode.NotFound), $"{call}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Kill_OverHttp_OutlivesTheProcess()
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", Settings(state: "enabled"));
        using (SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development"))
        {
            Assert.StartsWith("{", await PayAsync(shop), StringComparison.Ordinal);
            using HttpResponseMessage killed = await shop.Client.PostAsJsonAsync("/action-tracing/api/flags/express_checkout/emergency", new { reason = "orders are lost" });
            Assert.Equal(HttpStatusCode.OK, killed.StatusCode);
            Assert.Equal("404", await PayAsync(shop));
        }
        using (SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development"))
        {
            Assert.Equal("404", await PayAsync(shop));
            using HttpResponseMessage cleared = await shop.Client.PostAsJsonAsync("/action-tracing/api/flags/express_checkout/emergency/clear", new { reason = "fixed" });
            Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
            Assert.StartsWith("{", await PayAsync(shop), StringComparison.Ordinal);
        }
    }

    private static DateTimeOffset Christmas(TempDirectory root) => DateTimeOffset.Parse(
        (string)JsonNode.Parse(File.ReadAllText(root.File("appsettings.json")))!["feature_management"]!["feature_flags"]![0]!["conditions"]!["client_filters"]![0]!["parameters"]!["Start"]!,
        System.Globalization.CultureInfo.InvariantCulture);

    private static void CopySettings(TempDirectory root) =>
        File.Copy(Path.Combine(Repository.Root, "src", "FeatureManagement.ActionTracing.Sample", "appsettings.json"), root.File("appsettings.json"));

    private static async Task<JsonObject> RolloutAsync(SampleProcess shop, string flag) => JsonNode.Parse(await shop.GetAsync($"/action-tracing/api/flags/{flag}/rollout"))!.AsObject();

    private static async Task<JsonObject> ExperimentAsync(SampleProcess shop, string flag) => JsonNode.Parse(await shop.GetAsync($"/action-tracing/api/experiments/{flag}"))!.AsObject();

    private static async Task<string> IdAsync(SampleProcess shop, string flag) => (string)(await RolloutAsync(shop, flag))["id"]!;

    // 404, a number, before it has begun.
    private static async Task<string> PhaseAsync(SampleProcess shop, string flag) =>
        await shop.GetAsync($"/action-tracing/api/flags/{flag}/rollout") is ['{', ..] json ? (string)JsonNode.Parse(json)!["phase"]! : "";

    private static void Mount(TempDirectory root, string directory, string settings)
    {
        Directory.CreateDirectory(root.File(directory));
        root.Write(Path.Combine(directory, "appsettings.json"), settings);
    }

    private static Task<string> PayAsync(SampleProcess shop, string visitor = "visitor-1") => SendAsync(shop, HttpMethod.Post, "/checkout/express", visitor);

    private static Task<string> LayoutAsync(SampleProcess shop, string visitor) => SendAsync(shop, HttpMethod.Get, "/products/layout", visitor);

    private static async Task<string> SendAsync(SampleProcess shop, HttpMethod method, string path, string visitor)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", "shop-visitor=" + visitor);
        if (method == HttpMethod.Post)
            request.Content = new StringContent(Order, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await shop.Client.SendAsync(request);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Task UntilAsync(SampleProcess shop, Func<SampleProcess, string, Task<string>> ask, string expected, string visitor = "visitor-1") =>
        Eventually.EqualAsync(expected, () => ask(shop, visitor));

    private static Task HealthyAsync(SampleProcess shop) => Eventually.EqualAsync("Healthy", async () => (string)(await shop.HealthAsync())["status"]!);

    private static async Task UnhealthyAsync(SampleProcess shop, string sentence)
    {
        await Eventually.EqualAsync("Degraded", async () => (string)(await shop.HealthAsync())["status"]!);
        Assert.Contains(sentence, (string)(await shop.HealthAsync())["checks"]!["action-tracing"]!["description"]!, StringComparison.Ordinal);
    }

    private static string Settings(string state = "disabled", string percentage = "0", string whitelist = "", (decimal Grid, decimal List)? weights = null, string? overlay = null)
    {
        (decimal grid, decimal list) = weights ?? (1m, 1m);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""
            {
              "ActionTracing": {
                "featureFlags": {
                  "express_checkout": {
                    "type": "percentage", "state": "{{state}}", "percentage": {{percentage}}, "whitelist": [{{whitelist}}],
                    "environments": { "production": { {{(overlay is null ? "" : $"\"state\": \"{overlay}\"")}} } }
                  },
                  "product_layout": {
                    "type": "multivariate", "state": "enabled",
                    "variants": {
                      "grid": { "weight": {{grid}}, "config": { "columns": 3, "pictures": true } },
                      "list": { "weight": {{list}}, "config": { "columns": 1, "pictures": true } }
                    }
                  }
                }
              },
              "feature_management": { "feature_flags": [ { "id": "holiday_banner", "enabled": true } ] }
            }
            """);
    }
}
