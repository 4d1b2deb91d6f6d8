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
    public async Task Dashboard_InAnEmergency_IsWorthAPicture()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Flags.EmergencyShutdownAsync("recommendations", new FlagChange("maria", "p99 at 9 s since the deploy"));
        await using Window window = await browser.OpenAsync(width: 1280, height: 800);
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        byte[] picture = await page.ScreenshotAsync();
        Assert.True(picture.Length > 10_000);
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOT") == "1")
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", "images", "dashboard.png"), picture);
    }
}
