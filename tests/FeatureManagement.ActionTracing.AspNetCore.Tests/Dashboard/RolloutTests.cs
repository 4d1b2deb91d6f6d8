using FeatureManagement.ActionTracing.Rollouts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Rollouts in a real browser, with real customers, on real time.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class RolloutTests(Browser browser)
{
    [BrowserFact]
    public async Task Rollout_StartedInThePage_MovesPausesAndGoesOn()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "00:05:00", "startPercentage": 10 """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        IPage other = await window.OpenAsync(shop.Host.Address);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start rollout…" }).ClickAsync();
        await Expect(page.Locator(".preview")).ToContainTextAsync("From 10 % to 100 % in ");
        await AnswerAsync(page, "launch", "Start checkout");

        ILocator phase = page.Locator(".progress .chip"), share = page.Locator(".progress strong");
        await Expect(phase).ToHaveTextAsync("gradual");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("No users were seen with the flag on yet: nothing but time moves it.");
        await Expect(share).Not.ToHaveTextAsync("10 %");
        await Expect(other.Locator(".tree")).ToContainTextAsync("rolling out to 100 %");

        await ActAsync(page, "Pause", "lunch", "Pause checkout");
        await Expect(phase).ToHaveTextAsync("paused");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("Paused by local developer: lunch");
        await Expect(other.Locator(".tree")).ToContainTextAsync("rollout paused");
        RolloutStatus paused = shop.Rollout;
        Assert.Equal(RolloutPhase.Paused, paused.Phase);

        await ActAsync(page, "Resume", "back", "Resume checkout");
        await Expect(phase).ToHaveTextAsync("gradual");
        string before = await share.TextContentAsync() ?? "";
        await Expect(share).Not.ToHaveTextAsync(before);
        Assert.True(shop.Rollout.CurrentPercentage > paused.CurrentPercentage);

        await ActAsync(page, "Complete now", "all is well", "Complete checkout");
        await Expect(phase).ToHaveTextAsync("complete");
        await Expect(page.Locator(".flag-head")).ToContainTextAsync("On for everybody");
        foreach (string act in (string[])["rollout started", "rollout step", "rollout paused", "rollout resumed", "rollout completed"])
            await Expect(page.Locator(".audit").GetByText(act, new() { Exact = true }).First).ToBeVisibleAsync();
        Assert.Equal("new", await shop.PayAsync("alice"));
    }

    [BrowserFact]
    public async Task Rollout_WhoseUsersFareWorse_IsRolledBackByItselfAndSaysWhy()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "01:00:00", "startPercentage": 50, "targetPercentage": 51 """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        await ActAsync(page, "Start rollout…", "launch", "Start checkout");
        await Expect(page.Locator(".progress")).ToContainTextAsync("50 % of users");
        await ServeUntilAsync(shop, page.Locator(".comparisons li"), "exposed 0 %, control 0 %");

        shop.IsBroken = true;
        await ServeUntilAsync(shop, page.Locator(".progress .chip"), "rolled back");
        Assert.Equal((RolloutPhase.RolledBack, "action-tracing"), (shop.Rollout.Phase, shop.Rollout.Actor));
        await Expect(page.Locator(".rollout .state.bad")).ToContainTextAsync("Rolled back: " + shop.Rollout.Reason);
        Assert.StartsWith("error rate ", shop.Rollout.Reason, StringComparison.Ordinal);
        await Expect(page.Locator(".verdict .why")).ToHaveTextAsync("Disabled; rolled back: " + shop.Rollout.Reason);
        Assert.Equal("old", await shop.PayAsync("alice"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        await page.GetByLabel("Source").SelectOptionAsync("safety");
        await Expect(page.Locator(".audit tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".audit tbody tr")).ToContainTextAsync(shop.Rollout.Reason);
    }

    [BrowserFact]
    public async Task Kill_DuringARollout_EveryTabAndEveryRequestObeyAtOnce()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "01:00:00", "startPercentage": 99 """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        IPage other = await window.OpenAsync(shop.Host.Address);
        await ActAsync(page, "Start rollout…", "launch", "Start checkout");
        await Expect(other.Locator(".tree")).ToContainTextAsync("rolling out to 100 %");
        string[] customers = [.. Enumerable.Range(0, 20).Select(i => $"customer-{i}")];
        Assert.Contains("new", await Task.WhenAll(customers.Select(shop.PayAsync)));

        await ActAsync(page, "Kill", "p99 at 9 s", "Kill checkout");
        Assert.All(await Task.WhenAll(customers.Select(shop.PayAsync)), answer => Assert.Equal("old", answer));
        await Expect(page.Locator(".progress .chip")).ToHaveTextAsync("rolled back");
        await Expect(other.Locator("#alerts")).ToContainTextAsync("checkout is in emergency: p99 at 9 s");
        await Expect(other.Locator(".tree")).ToContainTextAsync("Off: checkout is in emergency");

        await ActAsync(page, "Clear emergency", "mended", "Clear emergency");
        await Expect(other.Locator("#alerts")).ToBeEmptyAsync();
        await Expect(page.Locator(".verdict .why")).ToContainTextAsync("Disabled");
        foreach (string reason in (string[])["launch", "p99 at 9 s", "mended"])
            await Expect(page.Locator(".audit").GetByText(reason).First).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Start_ByAnotherPlan_IsPreviewedCheckedAndPlanned()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "type": "linear" """);
        await using Window window = await browser.OpenAsync();
        window.ExpectsFailures = true; // the plan is refused at first
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Start rollout…" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Plan").SelectOptionAsync("stepped");
        await dialog.GetByLabel("Checkpoints").FillAsync("10, 5, 60");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("Flag 'checkout': rolloutConfig.checkpoints goes down from 10 to 5; it must rise.");
        await dialog.GetByLabel("Checkpoints").FillAsync("10, 60");
        await dialog.GetByLabel("Duration").FillAsync("2");
        await Expect(dialog.GetByLabel("To, in %")).ToBeHiddenAsync();
        await dialog.GetByLabel("Most errors").FillAsync("2.5");
        await dialog.GetByLabel("Start at").FillAsync("2100-01-01T08:00");
        await dialog.GetByLabel("A rollback").SelectOptionAsync("disabled");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("From 1 % to 60 % in 2 moves");
        await AnswerAsync(page, "new year", "Start checkout");

        await Expect(page.Locator(".progress .chip")).ToHaveTextAsync("planned");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("It starts at 2100-01-01");
        RolloutConfig plan = shop.Rollout.Plan;
        Assert.Equal((RolloutType.Stepped, TimeSpan.FromHours(2), 60m, RollbackTarget.Disabled, 0.025), (plan.Type, plan.Duration, plan.TargetPercentage, plan.RollbackTo, plan.SafetyThresholds!.MaxErrorRate!.Value));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToHaveCountAsync(0);
        await ActAsync(page, "Call off", "not this year", "Roll back checkout");
        await Expect(page.Locator(".progress .chip")).ToHaveTextAsync("rolled back");
    }

    [BrowserFact]
    public async Task Comparison_WithTooLittle_NamesNoRatio()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "type": "linear" """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(shop.Host.Address);
        string[] said = await page.EvaluateAsync<string[]>("""
            async () => {
              const { comparison } = await import(new URL('comparison.js', document.querySelector('script[src]').src));
              return [null, 1.1].map(lower => comparison('Errors', { exposed: 10, control: 6, ratio: 1.24, lower, evidence: 0.2 }, value => value + ' %').children[2].textContent);
            }
            """);
        Assert.Equal(
            ["exposed 10 %, control 6 %; too little to compare yet", "exposed 10 %, control 6 %; compared within each step: 1.24 × as much, at least 1.1: worse"],
            said);
    }

    private static async Task ActAsync(IPage page, string button, string reason, string action)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await AnswerAsync(page, reason, action);
    }

    private static async Task AnswerAsync(IPage page, string reason, string action)
    {
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Reason").FillAsync(reason);
        await dialog.GetByRole(AriaRole.Button, new() { Name = action }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }

    /// <summary>Lets customers pay until the page says something.</summary>
    private static async Task ServeUntilAsync(Checkout shop, ILocator where, string text)
    {
        for (int i = 0; i < 100 && !(await where.AllTextContentsAsync()).Any(found => found.Contains(text, StringComparison.Ordinal)); i++)
            await shop.ServeAsync(40);
        await Expect(where.Filter(new() { HasText = text }).First).ToBeVisibleAsync();
    }
}
