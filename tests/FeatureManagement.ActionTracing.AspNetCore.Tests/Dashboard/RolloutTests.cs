using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Rollouts in a real browser, with real customers, on real time.</summary>
[Collection(SecondBrowser.Name)]
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

        ILocator phase = page.Locator(".progress .chip"), percentage = page.Locator(".progress strong");
        await Expect(phase).ToHaveTextAsync("gradual");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("No users were seen with the flag on yet: nothing but time moves it.");
        await Expect(percentage).Not.ToHaveTextAsync("10 %");
        await Expect(other.Locator(".tree")).ToContainTextAsync("rolling out to 100 %");

        await ConfirmAsync(page, "Pause", "lunch", "Pause checkout");
        await Expect(phase).ToHaveTextAsync("paused");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("Paused by local developer: lunch");
        await Expect(other.Locator(".tree")).ToContainTextAsync("rollout paused");
        RolloutStatus paused = shop.Rollout;
        Assert.Equal(RolloutPhase.Paused, paused.Phase);

        await ConfirmAsync(page, "Resume", "back", "Resume checkout");
        await Expect(phase).ToHaveTextAsync("gradual");
        string before = await percentage.TextContentAsync() ?? "";
        await Expect(percentage).Not.ToHaveTextAsync(before);
        Assert.True(shop.Rollout.CurrentPercentage > paused.CurrentPercentage);

        await page.GetByRole(AriaRole.Button, new() { Name = "Complete now" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("no guard judges it, and there is nothing to roll back");
        await AnswerAsync(page, "all is well", "Complete checkout");
        await Expect(phase).ToHaveTextAsync("complete");
        await Expect(page.Locator(".flag-head")).ToContainTextAsync("On for everybody");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("Completed by a user at ");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("There is nothing to roll back");
        await Expect(page.Locator(".rollout")).Not.ToContainTextAsync("A rollback");
        await Expect(page.Locator(".progress")).Not.ToContainTextAsync("100 % of the time");
        foreach (string act in (string[])["rollout started", "rollout step", "rollout paused", "rollout resumed", "rollout completed"])
            await Expect(page.Locator(".audit").GetByText(act, new() { Exact = true }).First).ToBeVisibleAsync();
        Assert.Equal("new", await shop.PayAsync("alice"));
    }

    [BrowserFact]
    public async Task Rollout_WhoseUsersFareWorse_IsRolledBackByItselfAndSaysWhy()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "01:00:00", "startPercentage": 50, "targetPercentage": 51, "slowThreshold": 60000 """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        await ConfirmAsync(page, "Start rollout…", "launch", "Start checkout");
        await Expect(page.Locator(".progress")).ToContainTextAsync("50 % of users");
        await ServeUntilAsync(shop, page.Locator(".comparisons li"), "no errors so far, with the flag on or off");
        await Expect(page.Locator(".comparisons")).ToContainTextAsync("no slow actions so far, with the flag on or off");

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
    public async Task Rollout_BehindAGateAlone_SaysItsRateOnceAndComparesNothing()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "01:00:00", "startPercentage": 50, "targetPercentage": 51 """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        await ConfirmAsync(page, "Start rollout…", "launch", "Start checkout");
        await Expect(page.Locator(".rollout").GetByText("Guarded by the comparison with control")).ToHaveCountAsync(1);
        ILocator rate = page.Locator(".rollout").GetByText("Behind gates of the flag 0 % of exposed users had an error at their first action");
        for (int i = 0; i < 100 && await rate.CountAsync() == 0; i++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.PassGateAsync()));
        await Expect(rate).ToHaveCountAsync(1);
        await Expect(page.Locator(".comparisons li")).ToHaveCountAsync(0);
        await Expect(page.Locator(".rollout")).Not.ToContainTextAsync("not enough yet to compare");
        await Expect(page.Locator(".rollout")).Not.ToContainTextAsync("unknown");
    }

    [BrowserFact]
    public async Task Kill_DuringARollout_EveryTabAndEveryRequestObeyAtOnce()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "01:00:00", "startPercentage": 99 """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        IPage other = await window.OpenAsync(shop.Host.Address);
        await ConfirmAsync(page, "Start rollout…", "launch", "Start checkout");
        await Expect(other.Locator(".tree")).ToContainTextAsync("rolling out to 100 %");
        string[] customers = [.. Enumerable.Range(0, 20).Select(i => $"customer-{i}")];
        Assert.Contains("new", await Task.WhenAll(customers.Select(shop.PayAsync)));

        await ConfirmAsync(page, "Kill", "p99 at 9 s", "Kill checkout");
        Assert.All(await Task.WhenAll(customers.Select(shop.PayAsync)), answer => Assert.Equal("old", answer));
        await Expect(page.Locator(".progress .chip")).ToHaveTextAsync("rolled back");
        await Expect(other.Locator("#alerts")).ToContainTextAsync("checkout is in emergency: p99 at 9 s");
        await Expect(other.Locator(".tree")).ToContainTextAsync("Off: checkout is in emergency");

        await ConfirmAsync(page, "Clear emergency", "fixed", "Clear emergency");
        await Expect(other.Locator("#alerts")).ToBeEmptyAsync();
        await Expect(page.Locator(".verdict .why")).ToContainTextAsync("Disabled");
        foreach (string reason in (string[])["launch", "p99 at 9 s", "fixed"])
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
        await dialog.GetByLabel("Max error rate").FillAsync("2.5");
        await dialog.GetByLabel("Start at").FillAsync("2100-01-01T08:00");
        await dialog.GetByLabel("A rollback").SelectOptionAsync("disabled");
        await Expect(dialog.Locator(".preview")).ToContainTextAsync("From 1 % to 60 % in 2 steps");
        await AnswerAsync(page, "new year", "Start checkout");

        await Expect(page.Locator(".progress .chip")).ToHaveTextAsync("planned");
        await Expect(page.Locator(".rollout")).ToContainTextAsync("Starts at 2100-01-01");
        RolloutConfig plan = shop.Rollout.Plan;
        Assert.Equal((RolloutType.Stepped, TimeSpan.FromHours(2), 60m, RollbackTarget.Disabled, 0.025), (plan.Type, plan.Duration, plan.TargetPercentage, plan.RollbackTo, plan.SafetyThresholds!.MaxErrorRate!.Value));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToHaveCountAsync(0);
        await ConfirmAsync(page, "Call off", "not this year", "Roll back checkout");
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
              const none = [0, undefined].map(control => comparison('Errors', { exposed: 0, control, evidence: 0 }, value => value + ' %', 'no errors so far').children[2].textContent);
              return [null, 1.1].map(lower => comparison('Errors', { exposed: 10, control: 6, ratio: 1.24, lower, evidence: 0.2 }, value => value + ' %').children[2].textContent).concat(none);
            }
            """);
        Assert.Equal(
            [
                "exposed 10 %, control 6 %; not enough yet to compare", "exposed 10 %, control 6 %; compared within each step: 1.24 × as much, at least 1.1: worse",
                "no errors so far", "no errors so far",
            ],
            said);
    }

    [BrowserFact]
    public async Task Rollout_WhileItRuns_ShowsItsPlanThresholdsAndGuards()
    {
        await using Checkout shop = await Checkout.StartAsync("""
            "type": "stepped", "checkpoints": [10, 60], "duration": "02:30:00", "startPercentage": 5, "alpha": 0.01, "slowThreshold": 1500,
            "safetyThresholds": { "maxErrorRate": 0.02, "maxLatency": 800, "minimumSamples": 250, "phases": { "canary": { "maxErrorRate": 0.05 } } }
            """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        await ConfirmAsync(page, "Start rollout…", "launch", "Start checkout");
        await page.GetByText("Plan, thresholds and guards").ClickAsync();
        ILocator facts = page.Locator(".plan-facts");
        foreach (string fact in (string[])
        [
            "stepped, from 5 % to 60 % in 2 h 30 min of monitored time", "10 %, 60 %", "error rate at most 2 %; mean latency at most 800 ms; over 5 min; from 250 users in a phase",
            "Thresholds in canary", "error rate at most 5 %", "false alarms at most 1 %", "slow from 1 s 500 ms", "restores the previous state",
            "Without control", "error rate at most 2 %, as for all", "No metrics", "on hold, and paused after 1 h",
        ])
            await Expect(facts).ToContainTextAsync(fact);
        // Open while the rollout is drawn again and again.
        await Expect(page.Locator(".progress strong")).ToHaveTextAsync("5 %");
        await Expect(facts).ToBeVisibleAsync();
    }

    // What moves or was measured; nobody reads more of it.
    [BrowserFact]
    public async Task Rollout_WhileItRuns_IsWrittenWithOneDecimal()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "20.00:00:00", "startPercentage": 12.312 """);
        await shop.Host.Get<IRolloutManager>().StartAsync(Checkout.Flag, new FlagChange("maria", "launch"));
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        await Expect(page.Locator(".verdict .why")).ToContainTextAsync("On for 12.3 %");
        await Expect(page.Locator("[aria-label='Steps of the rollout'] tbody")).ToContainTextAsync("12.3 %");
        Assert.Equal("12.3 %", await page.EvaluateAsync<string>("async () => (await import(new URL('comparison.js', document.querySelector('script[src]').src))).rate(0.123456)"));
    }

    [BrowserTheory]
    [InlineData("1", "completes at one of the next safety checks")]
    [InlineData("0.99", "completes at one of the next safety checks")]
    [InlineData("0.5", "in 2 hr")]
    public async Task EstimatedCompletion_AtTheEndOfThePlan_DoesNotReadAsComplete(string progress, string text)
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "05:00:00", "startPercentage": 10 """);
        await shop.Host.Get<IRolloutManager>().StartAsync(Checkout.Flag, new FlagChange("maria", "launch"));
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(shop.Host.Address);
        await page.RouteAsync("**/rollout", async route =>
        {
            System.Text.Json.Nodes.JsonNode rollout = System.Text.Json.Nodes.JsonNode.Parse(await (await route.FetchAsync()).TextAsync())!;
            rollout["progress"] = double.Parse(progress, System.Globalization.CultureInfo.InvariantCulture);
            rollout["currentPercentage"] = 47.1234;
            rollout["estimatedCompletion"] = DateTimeOffset.UtcNow.AddHours(progress == "0.5" ? 2.5 : 0).ToString("O");
            await route.FulfillAsync(new() { Json = rollout, ContentType = "application/json" });
        });
        await page.EvaluateAsync("location.hash = '#/flags/checkout'");
        await Expect(page.Locator(".rollout")).ToContainTextAsync(text);
        await Expect(page.Locator(".rollout")).Not.ToContainTextAsync("complete just now");
        await Expect(page.Locator(".progress strong")).ToHaveTextAsync("47.1 %"); // nobody reads more of what moves
    }

    private static async Task ConfirmAsync(IPage page, string button, string reason, string action)
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
