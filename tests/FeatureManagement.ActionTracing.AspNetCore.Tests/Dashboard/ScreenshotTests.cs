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
        await using Checkout shop = await Checkout.StartAsync(""" "type": "exponential", "duration": "00:00:20", "startPercentage": 5 """);
        await shop.Host.Get<IRolloutManager>().StartAsync(Checkout.Flag, new FlagChange("maria", "release 4.2"));
        for (int i = 0; i < 10_000 && shop.Rollout.CurrentPercentage < 40; i++)
            await shop.ServeAsync(20);
        await using Window window = await browser.OpenAsync(width: 1280, height: 800);
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await Expect(page.Locator(".rollout svg").First).ToBeVisibleAsync();
        byte[] picture = await page.ScreenshotAsync();
        Assert.True(picture.Length > 10_000);
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOT") == "1")
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", "images", "dashboard.png"), picture);
    }
}
