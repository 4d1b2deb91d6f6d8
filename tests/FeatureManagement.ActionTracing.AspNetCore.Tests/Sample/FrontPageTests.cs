using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

/// <summary>What a newcomer sees first: the sample's front page, in a browser and for programs.</summary>
[Collection(SecondBrowser.Name)]
[Trait("Speed", "Slow")]
public sealed class FrontPageTests(Browser browser)
{
    private const string BrowserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData(BrowserAccept, "text/html")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html;q=0, */*", "application/json")]
    [InlineData(null, "application/json")]
    public async Task FrontPage_IsHtmlForBrowsersAndJsonForOthers(string? accept, string expected)
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (accept is not null)
            request.Headers.Add("Accept", accept);

        using HttpResponseMessage response = await shop.Client.SendAsync(request);

        Assert.Equal(expected, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Accept", response.Headers.Vary.ToString());
    }

    [BrowserFact]
    public async Task Links_OfThePageAndTheFavicon_AnswerAndAreThoseOfReadme()
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await StartAsync(root);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(shop.Client.BaseAddress!);

        string[] links = [.. await page.Locator("a").EvaluateAllAsync<string[]>("links => links.map(link => link.href)")];
        Assert.Equal(Guide("GET").Order(), links.Select(link => new Uri(link).PathAndQuery).Distinct().Order());
        foreach (string link in links.Append(new Uri(shop.Client.BaseAddress!, "/favicon.ico").ToString()))
        {
            IAPIResponse response = await page.Context.APIRequest.GetAsync(link);
            // A gate that is off for this visitor.
            Assert.True(response.Ok || link.EndsWith("/promotions", StringComparison.Ordinal) && response.Status == 404, $"{link}: {response.Status}");
        }

        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        string[] promised = [.. Regex.Matches(readme, "<http://localhost:5080(/[^>]+)>").Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(promised);
        Assert.Subset(links.Select(link => new Uri(link).PathAndQuery).ToHashSet(), promised.ToHashSet());
        foreach (string call in Guide("POST").Concat(Guide("PATCH")))
            await Expect(page.Locator("pre").Filter(new() { HasText = $"{shop.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)}{call}" }).First).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Button_AfterBothRolloutsEnded_RunsThemAgain()
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await StartAsync(root);
        await PostAsync(shop, "flags/delivery_promise/rollout/complete");
        await PostAsync(shop, "flags/new_search/rollout/rollback");
        (string, string) before = (await IdAsync(shop, "delivery_promise"), await IdAsync(shop, "new_search"));
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(shop.Client.BaseAddress!);

        await page.GetByRole(AriaRole.Button, new() { Name = "Run both rollouts again" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("delivery_promise rolls out again.\nnew_search rolls out again.");
        foreach (string flag in (string[])["delivery_promise", "new_search"])
            Assert.Null((await RolloutAsync(shop, flag))["endedAt"]);
        Assert.NotEqual(before.Item1, await IdAsync(shop, "delivery_promise"));
        Assert.NotEqual(before.Item2, await IdAsync(shop, "new_search"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Run both rollouts again" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("delivery_promise is rolling out already.\nnew_search is rolling out already.");
    }

    /// <summary>The button's call, as a page of another site would make it.</summary>
    [Fact]
    public async Task Button_PressedByAnotherSite_IsRefused()
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await StartAsync(root);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/action-tracing/api/flags/new_search/rollout") { Content = JsonContent.Create(new { reason = "again" }) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using HttpResponseMessage response = await shop.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [BrowserFact]
    public async Task Page_OutsideDevelopment_HasNoButtonAndSaysWhy()
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(shop.Client.BaseAddress!);
        await Expect(page.GetByText("are closed until the application sets ReadPolicy and WritePolicy")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    [AccessibilityTheory]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    public async Task Page_OnAPhoneAndADesk_LightAndDark_IsAccessibleAndFits(ColorScheme scheme, int width)
    {
        using var root = new TempDirectory();
        using SampleProcess shop = await StartAsync(root);
        // Axe comes from outside the page, which its policy forbids.
        await using Window window = await browser.OpenAsync(width, 800, scheme, bypassPolicy: true);
        IPage page = await window.OpenAsync(shop.Client.BaseAddress!);
        await page.AddScriptTagAsync(new() { Path = Needs.AxeCore.Path });

        JsonElement violations = (await page.EvaluateAsync("async () => (await axe.run()).violations.map(found => found.id + ': ' + found.nodes[0].html)"))!.Value;

        Assert.True(violations.GetArrayLength() == 0, $"{violations}");
        await DashboardTests.AssertFitsAsync(page);
    }

    private static IEnumerable<string> Guide(string method) =>
        ActionTracing.Sample.FrontPage.Guide.Calls.Where(call => call.Method == method).Select(call => call.Path);

    // Without shoppers and faults, so that rollouts stay where they are and each page answers; both have started.
    private static async Task<SampleProcess> StartAsync(TempDirectory root)
    {
        JsonNode settings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "FeatureManagement.ActionTracing.Sample", "appsettings.json")))!;
        settings["Shoppers"]!["Enabled"] = false;
        settings["Shoppers"]!["Fault"]!["ErrorRate"] = 0;
        root.Write("appsettings.json", settings.ToJsonString());
        SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development");
        foreach (string flag in (string[])["delivery_promise", "new_search"])
            await Eventually.EqualAsync("True", async () => (await shop.GetAsync($"/action-tracing/api/flags/{flag}/rollout")).StartsWith('{').ToString());
        return shop;
    }

    private static async Task PostAsync(SampleProcess shop, string call)
    {
        using HttpResponseMessage response = await shop.Client.PostAsJsonAsync("/action-tracing/api/" + call, new { reason = "test" });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<JsonObject> RolloutAsync(SampleProcess shop, string flag) =>
        (await shop.Client.GetFromJsonAsync<JsonObject>($"/action-tracing/api/flags/{flag}/rollout"))!;

    private static async Task<string> IdAsync(SampleProcess shop, string flag) => (string)(await RolloutAsync(shop, flag))["id"]!;
}
