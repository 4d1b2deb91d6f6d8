using System.Text.Json;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Every view, light and dark, narrow and wide.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class AccessibilityTests(Browser browser)
{
    private static readonly string[] Views = ["#/", "#/flags/checkout", "#/flags/product_layout", "#/audit", "#/health"];

    [AccessibilityTheory]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Light, 1600)]
    [InlineData(ColorScheme.Dark, 360)]
    [InlineData(ColorScheme.Dark, 1600)]
    public async Task Views_All_HaveNoViolationAndFit(ColorScheme scheme, int width)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Flags.EmergencyShutdownAsync("checkout", new FlagChange("maria", "It burns."));
        host.Edit(DashboardHost.Shop.Replace("\"percentage\": 60", "\"percentage\": 140", StringComparison.Ordinal));
        // Axe comes from outside the page, which its policy forbids.
        await using Window window = await browser.OpenAsync(width, 800, scheme, bypassPolicy: true);
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator("#alerts")).ToContainTextAsync("140");
        await page.AddScriptTagAsync(new() { Path = Needs.AxeCore.Path });
        foreach (string view in Views)
        {
            await page.EvaluateAsync("view => location.hash = view", view);
            await Expect(page.Locator("#title")).ToBeFocusedAsync();
            await AssertAccessibleAsync(page, view);
            await DashboardTests.AssertFitsAsync(page);
        }
        await page.EvaluateAsync("location.hash = '#/flags/product_layout'");
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        await Expect(page.GetByLabel("Reason")).ToBeFocusedAsync();
        await AssertAccessibleAsync(page, "dialog");
    }

    private static async Task AssertAccessibleAsync(IPage page, string view)
    {
        JsonElement violations = (await page.EvaluateAsync("async () => (await axe.run()).violations.map(found => found.id + ': ' + found.nodes[0].html)"))!.Value;
        Assert.True(violations.GetArrayLength() == 0, $"{view}: {violations}");
    }
}
