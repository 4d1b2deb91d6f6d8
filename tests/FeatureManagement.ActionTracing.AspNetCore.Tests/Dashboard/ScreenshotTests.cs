using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>The picture in the README: the sample as it is, on a faster clock. Set <c>UPDATE_SCREENSHOT=1</c> to have a run of the tests replace it.</summary>
[Collection(SecondBrowser.Name)]
[Trait("Speed", "Slow")]
public class ScreenshotTests(Browser browser)
{
    [BrowserFact]
    public async Task Dashboard_OfTheSample_DuringARollout_IsWorthAPicture()
    {
        using var root = new TempDirectory();
        root.Write("appsettings.json", await SettingsAsync());
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path, "Development");
        await Eventually.EqualAsync("far enough", async () => await PercentageAsync(shop) >= 60 ? "far enough" : "not yet", TimeSpan.FromSeconds(150));
        await using Window window = await browser.OpenAsync(width: 1280, height: 800);
        IPage page = await window.OpenAsync(new Uri(shop.Client.BaseAddress!, "/action-tracing/#/flags/delivery_promise"));
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await Expect(page.Locator(".rollout svg").First).ToBeVisibleAsync();
        await Expect(page.Locator(".comparisons > li")).ToHaveCountAsync(3);
        byte[] picture = await page.ScreenshotAsync();
        Assert.True(picture.Length > 10_000);
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOT") == "1")
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", "images", "dashboard.png"), picture);
    }

    private static async Task<string> SettingsAsync()
    {
        JsonNode settings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "FeatureManagement.ActionTracing.Sample", "appsettings.json")))!;
        settings["Shoppers"]!["RequestsPerSecond"] = 200;
        settings["ActionTracing"]!["featureFlagSettings"]!["progressionInterval"] = "00:00:02";
        settings["ActionTracing"]!["featureFlags"]!["delivery_promise"]!["rolloutConfig"]!["duration"] = "00:00:30";
        return settings.ToJsonString();
    }

    private static async Task<decimal> PercentageAsync(SampleProcess shop) =>
        await shop.GetAsync("/action-tracing/api/flags/delivery_promise/rollout") is ['{', ..] json ? (decimal)JsonNode.Parse(json)!["currentPercentage"]! : 0;
}
