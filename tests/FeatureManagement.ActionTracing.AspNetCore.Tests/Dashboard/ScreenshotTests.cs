using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>The picture in the README. Set <c>UPDATE_SCREENSHOT=1</c> to have a run of the tests replace it.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class ScreenshotTests(Browser browser)
{
    [BrowserFact]
    public async Task Dashboard_DuringARollout_IsWorthAPicture()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Get<IRolloutManager>().StartAsync("search_synonyms", new FlagChange("maria", "release 4.2"), new RolloutConfig { StartPercentage = 5, Duration = TimeSpan.FromHours(6) });
        await host.WatchAsync("search_synonyms", 2_000, oneFailureIn: 100);
        await using Window window = await browser.OpenAsync(width: 1280, height: 800);
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/search_synonyms"));
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await Expect(page.Locator(".comparisons li")).Not.ToHaveCountAsync(0);
        byte[] picture = await page.ScreenshotAsync();
        Assert.True(picture.Length > 10_000);
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOT") == "1")
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", "images", "dashboard.png"), picture);
    }
}
