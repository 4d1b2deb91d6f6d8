using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>What an operator does, in a real browser against a real host.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class OperatorTests(Browser browser)
{
    private static readonly FeatureFlagContext Alice = new() { UserId = "alice" };

    [BrowserFact]
    public async Task Kill_FromOneTab_EveryTabAndEveryRequestObeysUntilItIsCleared()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        IPage other = await window.OpenAsync(host.Address);
        await Expect(other.Locator("#live")).ToHaveTextAsync("Live");
        Assert.True(host.Flags.IsEnabled("checkout", Alice));

        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Kill checkout?" });
        await Expect(dialog).ToContainTextAsync("3 flags stop");
        await dialog.GetByLabel("Reason").FillAsync("p99 at 9 s since the deploy");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Kill checkout" }).ClickAsync();

        await Expect(dialog).ToBeHiddenAsync();
        Assert.False(host.Flags.IsEnabled("checkout", Alice));
        await Expect(page.Locator("#alerts")).ToContainTextAsync("checkout is in emergency: p99 at 9 s since the deploy");
        await Expect(other.Locator("#alerts")).ToContainTextAsync("checkout is in emergency: p99 at 9 s since the deploy");
        await Expect(other.Locator(".tree")).ToContainTextAsync("Off: checkout is in emergency");

        await page.GetByRole(AriaRole.Button, new() { Name = "Clear emergency" }).ClickAsync();
        dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Clear the emergency of checkout?" });
        await dialog.GetByLabel("Reason").FillAsync("rolled back");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Clear emergency" }).ClickAsync();
        await Expect(other.Locator("#alerts")).ToBeEmptyAsync();
        Assert.True(host.Flags.IsEnabled("checkout", Alice));

        await Expect(page.Locator(".audit tbody tr")).ToHaveCountAsync(2);
        await other.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        ILocator entries = other.Locator(".audit tbody tr");
        await Expect(entries.First).ToContainTextAsync("rolled back");
        await Expect(entries.Nth(1)).ToContainTextAsync("p99 at 9 s since the deploy");
        await Expect(entries.Nth(1)).ToContainTextAsync("emergency checkout rollout 25 % → emergency off");
        await Expect(entries.Nth(1)).ToContainTextAsync("local developer");
        await other.GetByRole(AriaRole.Button, new() { Name = "Verify chain" }).ClickAsync();
        await Expect(other.GetByText("The chain is valid: 2 entries.")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Kill_ByPeopleOnCall_IsTheOnlyButtonThatTheyHave()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(environment: "Production", web: web => (web.WritePolicy, web.EmergencyPolicy) = (null, "OnCall"));
        await using Window window = await browser.OpenAsync(headers: DashboardHost.As("ivan", "staff,on-call"));
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await Expect(page.Locator("[id^=do-]")).ToHaveTextAsync(["Kill"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("p99 at 9 s");
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill checkout" }).ClickAsync();
        await Expect(page.Locator("#alerts")).ToContainTextAsync("checkout is in emergency: p99 at 9 s");
        await Expect(page.Locator("[id^=do-]")).ToHaveCountAsync(0); // clearing is for those who may change
        Assert.Equal("ivan", host.Flags.GetFlag("checkout")!.Emergency!.Actor);
    }

    // On plain http a browser sends no Sec-Fetch-Site for a name that is not this machine's.
    [ProxiedBrowserFact]
    public async Task Kill_BehindADefaultNginxOnPlainHttp_ReachesAHostThatAllowsTheOrigin()
    {
        int port = Nginx.FreePort();
        await using DashboardHost host = await DashboardHost.StartAsync(environment: "Production", web: web => web.AllowedOrigins = [$"http://shop.test:{port}"]);
        await using Nginx nginx = await Nginx.StartAsync(host.Address, port);
        await using Window window = await browser.OpenAsync(headers: DashboardHost.As("olga", "staff,operators"));
        window.ExpectsFailures = true; // on plain http the browser says that it ignores Cross-Origin-Opener-Policy
        IPage page = await window.OpenAsync(new Uri($"http://shop.test:{port}/action-tracing/#/flags/checkout"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("from the other side");
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill checkout" }).ClickAsync();
        await Expect(page.Locator("#alerts")).ToContainTextAsync("checkout is in emergency: from the other side");
    }

    [BrowserFact]
    public async Task Kill_OfManyFlags_NamesEachOfThem()
    {
        string[] names = [.. Enumerable.Range(1, 12).Select(i => $"feature_{i:00}")];
        await using DashboardHost host = await DashboardHost.StartAsync(
            $$"""{ "ActionTracing": { "featureFlags": { {{string.Join(',', names.Select(name => $"\"{name}\": {{ \"type\": \"boolean\", \"state\": \"enabled\" }}"))}} } } }""");
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/emergency_shutdown"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Call emergency" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("13 flags stop"); // with tracing itself
        await dialog.GetByText("and 5 more").ClickAsync();
        foreach (string name in names)
            await Expect(dialog.Locator(".names li").Filter(new() { HasText = name })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Change_StateAndPercentage_IsAnOverrideUntilReset()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/recommendations"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Change…" }).ClickAsync();
        await page.GetByLabel("Percentage of users").FillAsync("12.5");
        await page.GetByLabel("Reason").FillAsync("fewer, for now");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change recommendations" }).ClickAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("On for 12.5 %");
        Assert.Equal(12.5m, host.Flags.GetFlag("recommendations")!.Definition.Percentage);
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("back");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset recommendations" }).ClickAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("On for 60 %");
    }

    [BrowserFact]
    public async Task Change_ListsAndWeights_ChangesNothingElse()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Flags.UpdateFlagAsync("checkout", new FlagUpdate { Whitelist = [.. Enumerable.Range(1, 9).Select(i => $"customer-{i}")] }, new FlagChange("maria", "nine"));
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Change…" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Whitelist and groups").ClickAsync();
        await Expect(dialog.GetByLabel("Whitelist")).ToHaveValueAsync(string.Join('\n', Enumerable.Range(1, 9).Select(i => $"customer-{i}"))); // the whole list, of which the page shows five
        await dialog.GetByLabel("Whitelist").FillAsync("bob\n carol \n\n");
        await dialog.GetByLabel("Groups").FillAsync("");
        await dialog.GetByLabel("Reason").FillAsync("only these");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Change checkout" }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        FlagDefinition flag = host.Flags.GetFlag("checkout")!.Definition;
        Assert.Equal(["bob", "carol"], flag.Whitelist);
        Assert.Empty(flag.Groups);
        Assert.Equal((FlagState.Rollout, 25m), (flag.State, flag.Percentage));
        await Expect(page.Locator(".verdict .why")).ToContainTextAsync("2 listed");

        await page.EvaluateAsync("location.hash = '#/flags/product_layout'");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change…" }).ClickAsync();
        await dialog.GetByLabel("grid").FillAsync("9");
        await dialog.GetByLabel("Reason").FillAsync("mostly the grid");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Change product_layout" }).ClickAsync();
        await Expect(page.Locator(".facts").First).ToContainTextAsync("grid 75 %");
        Assert.Equal([9m, 3m], host.Flags.GetFlag("product_layout")!.Definition.Variants.OrderBy(variant => variant.Name, StringComparer.Ordinal).Select(variant => variant.Weight));
    }

    [BrowserFact]
    public async Task Change_DuringARollout_EditsTheListsAlone()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Get<IRolloutManager>().StartAsync("search_synonyms", new FlagChange("maria", "launch"), new RolloutConfig { StartPercentage = 40 });
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/search_synonyms"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Change lists…" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("State")).ToHaveCountAsync(0);
        await dialog.GetByLabel("Whitelist").FillAsync("bob");
        await dialog.GetByLabel("Reason").FillAsync("he asked for it");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Change search_synonyms" }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        Assert.Equal(["bob"], host.Flags.GetFlag("search_synonyms")!.Definition.Whitelist);
        Assert.Equal(RolloutPhase.Gradual, host.Get<IRolloutManager>().GetStatus("search_synonyms")!.Phase);
    }

    [BrowserFact]
    public async Task Refusal_OfAChange_IsSaidInTheDialog()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        window.ExpectsFailures = true;
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/recommendations"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Change…" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("too late");
        await host.Flags.EmergencyShutdownAsync("recommendations", new FlagChange("maria", "It burns."));
        await page.GetByRole(AriaRole.Button, new() { Name = "Change recommendations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToContainTextAsync("recommendations");
        Assert.NotNull(host.Flags.GetFlag("recommendations")!.Emergency);
    }

    [BrowserTheory]
    [InlineData("Change…", "Change recommendations")]
    [InlineData("Reset", "Reset recommendations")]
    public async Task ConfigurationEdited_BetweenReadingAndClicking_IsSaidInTheDialog_AndNothingChanges(string opens, string confirms)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Flags.UpdateFlagAsync("recommendations", new FlagUpdate { Percentage = 50 }, new FlagChange("maria", "fewer"));
        await using Window window = await browser.OpenAsync();
        window.ExpectsFailures = true;
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/recommendations"));
        await page.GetByRole(AriaRole.Button, new() { Name = opens }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("as I have read it");
        host.Edit(DashboardHost.Shop.Replace("From the new model", "From the newest model", StringComparison.Ordinal));
        await Eventually.EqualAsync("From the newest model", () => Task.FromResult(host.Flags.GetFlag("recommendations")!.Definition.Description!));
        await page.GetByRole(AriaRole.Button, new() { Name = confirms }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToHaveTextAsync("Flag 'recommendations' has changed since it was read. Read it again, and then decide.");
        Assert.Equal(50, host.Flags.GetFlag("recommendations")!.Definition.Percentage);

        // Closed and opened again, it shows what is there now.
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.Locator(".about")).ToHaveTextAsync("From the newest model");
        await page.GetByRole(AriaRole.Button, new() { Name = opens }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("as I have read it now");
        await page.GetByRole(AriaRole.Button, new() { Name = confirms }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Audit_OfManyEntries_IsReadByPagesAndFilters()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        for (int i = 0; i < 60; i++)
            await host.Flags.UpdateFlagAsync("recommendations", new FlagUpdate { Percentage = i }, new FlagChange("maria", $"step {i}"));
        await host.Flags.UpdateFlagAsync("search_synonyms", new FlagUpdate { State = FlagState.Enabled }, new FlagChange("paul", "at last"));
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/audit"));
        ILocator entries = page.Locator(".audit tbody tr");
        await Expect(entries).ToHaveCountAsync(50);
        await Expect(entries.First).ToContainTextAsync("at last");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show older" }).ClickAsync();
        await Expect(entries).ToHaveCountAsync(61);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Show older" })).ToBeHiddenAsync();
        await page.GetByLabel("Actor").FillAsync("paul");
        await Expect(entries).ToHaveCountAsync(1);
        await page.GetByLabel("Actor").FillAsync("");
        await Expect(entries).ToHaveCountAsync(50);
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("2020-01-01T00:00");
        await Expect(entries).ToHaveCountAsync(0);
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("2999-01-01T00:00");
        await Expect(entries).ToHaveCountAsync(50);
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("2998-01-01T00:00");
        await Expect(entries).ToHaveCountAsync(0);
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("2020-01-01T00:00");
        await Expect(entries).ToHaveCountAsync(50);
        await page.GetByLabel("Action").SelectOptionAsync("emergency");
        await Expect(entries).ToHaveCountAsync(0);
        await page.GetByLabel("Action").SelectOptionAsync("updated");
        await page.GetByLabel("Flag", new() { Exact = true }).FillAsync("search_synonyms");
        await Expect(entries).ToHaveCountAsync(1);
        await page.GetByLabel("Source").SelectOptionAsync("safety");
        await Expect(entries).ToHaveCountAsync(0);
        await Expect(page.GetByText("No entries.")).ToBeVisibleAsync();
    }
}
