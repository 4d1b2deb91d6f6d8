using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Every view, light and dark, narrow and wide.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class AccessibilityTests(Browser browser)
{
    // With what has been drawn last.
    private static readonly (string View, string Drawn)[] Views =
    [
        ("#/", ".tree .row"), ("#/flags/checkout", ".audit tbody tr"), ("#/flags/search_synonyms", ".comparisons li"), ("#/flags/recommendations", ".rollout .state.bad"),
        ("#/flags/product_layout", "figure svg"), ("#/experiments", ".experiments .chip"), ("#/audit", ".audit tbody tr"), ("#/health", ".facts"),
    ];

    [AccessibilityTheory]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Light, 1600)]
    [InlineData(ColorScheme.Dark, 360)]
    [InlineData(ColorScheme.Dark, 1600)]
    public async Task Views_All_HaveNoViolationAndFit(ColorScheme scheme, int width)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        IRolloutManager rollouts = host.Get<IRolloutManager>();
        await rollouts.StartAsync("search_synonyms", new FlagChange("maria", "launch"), new RolloutConfig { StartPercentage = 40 });
        await host.WatchAsync("search_synonyms", 400);
        await rollouts.StartAsync("recommendations", new FlagChange("maria", "launch"));
        await rollouts.RollBackAsync("recommendations", new FlagChange("maria", "complaints"));
        IExperimentRecorder recorder = host.Get<IExperimentRecorder>();
        for (int i = 0; i < 400; i++)
        {
            var customer = new FeatureFlagContext { UserId = $"customer-{i}" };
            host.Flags.GetVariant("product_layout", customer);
            if (i % 3 == 0)
                recorder.Record("product_layout", customer, "bought");
        }
        await recorder.FlushAsync();
        await host.Flags.EmergencyShutdownAsync("checkout", new FlagChange("maria", "It burns."));
        host.Edit(DashboardHost.Shop.Replace("\"percentage\": 60", "\"percentage\": 140", StringComparison.Ordinal));
        // Axe comes from outside the page, which its policy forbids.
        await using Window window = await browser.OpenAsync(width, 800, scheme, bypassPolicy: true);
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator("#alerts")).ToContainTextAsync("140");
        await page.AddScriptTagAsync(new() { Path = Needs.AxeCore.Path });
        foreach ((string view, string drawn) in Views)
        {
            await page.EvaluateAsync("view => location.hash = view", view);
            await Expect(page.Locator("#title")).ToBeFocusedAsync();
            await Expect(page.Locator(drawn).First).ToBeVisibleAsync();
            await page.EvaluateAsync("document.querySelectorAll('details').forEach(part => part.open = true)");
            await AssertAccessibleAsync(page, view);
            await DashboardTests.AssertFitsAsync(page);
        }
        await page.EvaluateAsync("location.hash = '#/flags/product_layout'");
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        await Expect(page.GetByLabel("Reason")).ToBeFocusedAsync();
        await AssertAccessibleAsync(page, "dialog");
        await page.Keyboard.PressAsync("Escape");
        await page.EvaluateAsync("location.hash = '#/flags/recommendations'");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start rollout…" }).ClickAsync();
        await page.GetByLabel("Plan").SelectOptionAsync("custom");
        await Expect(page.Locator(".preview svg")).ToBeVisibleAsync();
        await AssertAccessibleAsync(page, "dialog of a rollout");
        await DashboardTests.AssertFitsAsync(page);
    }

    private static async Task AssertAccessibleAsync(IPage page, string view)
    {
        JsonElement violations = (await page.EvaluateAsync("async () => (await axe.run()).violations.map(found => found.id + ': ' + found.nodes[0].html)"))!.Value;
        Assert.True(violations.GetArrayLength() == 0, $"{view}: {violations}");
    }
}
