using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>What an experiment shows, in a real browser.</summary>
[Collection(SecondBrowser.Name)]
[Trait("Speed", "Slow")]
public class ExperimentTests(Browser browser)
{
    [BrowserFact]
    public async Task Experiment_WithAWinner_ShowsItWithItsInterval()
    {
        await using Trial trial = await Trial.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(trial.Host.Address, "#/experiments"));
        await Expect(page.Locator(".experiments")).ToContainTextAsync("Keep running: needs 100 more units in grid");

        await trial.RunAsync(4_000, buyersOfList: 10, buyersOfOther: 20);
        await page.ReloadAsync();
        await Expect(page.Locator(".experiments .chip")).ToHaveTextAsync("better");
        await page.GetByRole(AriaRole.Link, new() { Name = "layout" }).ClickAsync();
        ILocator panel = page.GetByRole(AriaRole.Region, new() { Name = "Experiment", Exact = true });
        await Expect(panel).ToContainTextAsync("4,000 units of 10,000 planned");
        await Expect(panel.Locator(".state.good")).ToContainTextAsync("grid is better than list in bought: +");
        await Expect(panel.GetByRole(AriaRole.Region, new() { Name = "Sample ratio" })).ToContainTextAsync("as configured, no mismatch found");
        ILocator grid = panel.GetByRole(AriaRole.Region, new() { Name = "Metric bought" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "grid" });
        await Expect(grid).ToContainTextAsync("20.48 %");
        await Expect(grid).ToContainTextAsync("pp");
        await Expect(grid).ToContainTextAsync("better");
        await Expect(panel.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("Difference of grid to list in bought, .* Now between \\+"));
        await Expect(panel).ToContainTextAsync("Quote the interval, not the estimate");

        IDownload csv = await page.RunAndWaitForDownloadAsync(() => panel.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }).ClickAsync());
        Assert.Equal("layout.csv", csv.SuggestedFilename);
        Assert.Contains(",bought,primary,grid,", await ReadAsync(csv), StringComparison.Ordinal);
        IDownload json = await page.RunAndWaitForDownloadAsync(() => panel.GetByRole(AriaRole.Link, new() { Name = "Export JSON" }).ClickAsync());
        Assert.Contains("\"verdict\":\"better\"", await ReadAsync(json), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Experiment_BeyondItsPlannedUnits_NoLongerSaysToKeepRunning()
    {
        await using Trial trial = await Trial.StartAsync(plannedUnits: 2_000);
        await trial.RunAsync(3_000, buyersOfList: 10, buyersOfOther: 10);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(trial.Host.Address, "#/experiments"));
        await Expect(page.Locator(".experiments .chip")).ToHaveTextAsync("no difference shown");
        await Expect(page.Locator(".experiments")).ToContainTextAsync("No difference shown between grid and list in bought");
        await Expect(page.Locator(".experiments")).ToContainTextAsync("All planned units are in");
        await page.GetByRole(AriaRole.Link, new() { Name = "layout" }).ClickAsync();
        ILocator primary = page.GetByRole(AriaRole.Region, new() { Name = "Metric bought" });
        await Expect(primary).ToContainTextAsync("no difference shown");
        await Expect(page.Locator("[aria-labelledby=experiment-title] > div .state")).Not.ToContainTextAsync("Keep running");
    }

    [BrowserFact]
    public async Task Experiment_WithASampleRatioMismatch_SaysSoAndAnnouncesNoWinner()
    {
        await using Trial trial = await Trial.StartAsync();
        await trial.RunAsync(6_000, buyersOfList: 10, buyersOfOther: 40, lostOfOther: 20);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(trial.Host.Address, "#/experiments"));
        await Expect(page.Locator(".experiments .chip")).ToHaveTextAsync("sample ratio mismatch");
        await page.GetByRole(AriaRole.Link, new() { Name = "layout" }).ClickAsync();
        ILocator panel = page.GetByRole(AriaRole.Region, new() { Name = "Experiment", Exact = true });
        await Expect(panel.Locator(".state.bad")).ToContainTextAsync("Sample ratio mismatch: ");
        await Expect(panel.GetByRole(AriaRole.Region, new() { Name = "Sample ratio" })).ToContainTextAsync("not as configured, so that no result can be trusted");
        await Expect(panel.GetByRole(AriaRole.Region, new() { Name = "Metric bought" })).ToContainTextAsync("not compared: sample ratio mismatch");
        await Expect(panel.GetByRole(AriaRole.Img)).ToHaveCountAsync(0);
        await Expect(panel.Locator(".chip")).ToHaveTextAsync(["sample ratio mismatch"]);
        await Expect(panel).Not.ToContainTextAsync("grid is better");
    }

    private static async Task<string> ReadAsync(IDownload download)
    {
        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        return await reader.ReadToEndAsync();
    }
}
