using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>The page kills with any reason.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class KillWithoutWordsTests(Browser browser)
{
    [BrowserFact]
    public async Task Kill_WithNoReasonOrAVeryLongOne_IsInForce()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        foreach ((string flag, string reason, string shown) in ((string, string, string)[])
        [
            ("checkout", "", "checkout is in emergency: no reason given"),
            ("recommendations", new string('x', 5_000), "… (cut from 5000 characters)"),
        ])
        {
            IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/" + flag));
            await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
            await page.GetByLabel("Reason").FillAsync(reason);
            await page.GetByRole(AriaRole.Button, new() { Name = "Kill " + flag }).ClickAsync();
            await Expect(page.Locator("#alerts")).ToContainTextAsync(shown);
            Assert.False(host.Flags.IsEnabled(flag, new FeatureFlagContext { UserId = "alice" }));
        }
    }
}
