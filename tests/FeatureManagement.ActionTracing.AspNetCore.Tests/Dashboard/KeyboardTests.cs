using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Everything that an operator can do, by keys alone.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class KeyboardTests(Browser browser)
{
    private static readonly FeatureFlagContext Alice = new() { UserId = "alice" };

    [BrowserFact]
    public async Task KillAndClear_ByKeyboardAlone_Work()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator(".tree .row").First).ToBeVisibleAsync();
        await PressAsync(page, "flag-checkout");
        await Expect(page.Locator("#title")).ToBeFocusedAsync();
        await PressAsync(page, "do-kill");
        await Expect(page.GetByLabel("Reason")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#do-kill")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await AnswerAsync(page, "by keyboard");
        await Expect(page.Locator("#alerts")).ToContainTextAsync("by keyboard");
        Assert.False(host.Flags.IsEnabled("checkout", Alice));

        await PressAsync(page, "do-clear");
        await AnswerAsync(page, "cleared by keyboard");
        await Expect(page.Locator("#alerts")).ToBeEmptyAsync();
        Assert.True(host.Flags.IsEnabled("checkout", Alice));
    }

    /// <summary>The event of a close comes later than the close.</summary>
    [BrowserFact]
    public async Task Dialog_OpenedAgainAtOnce_HasItsContent()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await page.Locator("#do-kill").ClickAsync();
        await Expect(page.GetByLabel("Reason")).ToBeFocusedAsync();
        await page.EvaluateAsync("() => { document.getElementById('dialog').close(); document.getElementById('do-kill').click(); }");
        await page.EvaluateAsync("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
        await Expect(page.GetByLabel("Reason")).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task ChangeAndReset_ByKeyboardAlone_Work()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/recommendations"));
        await PressAsync(page, "do-change");
        await Expect(page.GetByRole(AriaRole.Dialog).GetByLabel("State")).ToBeFocusedAsync(); // the flag is read first
        await page.Keyboard.TypeAsync("canary"); // the state has the focus
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync("3");
        await TabToAsync(page, "reason");
        await AnswerAsync(page, "fewer");
        await Expect(page.Locator(".verdict .why")).ToContainTextAsync("On for 3 %");
        Assert.Equal((FlagState.Canary, 3m), (host.Flags.GetFlag("recommendations")!.Definition.State, host.Flags.GetFlag("recommendations")!.Definition.Percentage));
        await PressAsync(page, "do-reset");
        await AnswerAsync(page, "back");
        await Expect(page.Locator(".verdict .why")).ToContainTextAsync("On for 60 %");
    }

    [BrowserFact]
    public async Task Rollout_ByKeyboardAlone_IsStartedPausedResumedCompletedAndRolledBack()
    {
        await using Checkout shop = await Checkout.StartAsync(""" "duration": "01:00:00", "startPercentage": 10 """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(shop.Host.Address, "#/flags/checkout"));
        ILocator phase = page.Locator(".progress .chip");
        await PressAsync(page, "do-start");
        await page.Keyboard.TypeAsync("exp"); // the plan has the focus
        await Expect(page.Locator(".preview")).ToContainTextAsync("From 1 % to 100 %");
        await TabToAsync(page, "reason");
        await AnswerAsync(page, "launch");
        await Expect(phase).ToHaveTextAsync("canary");
        Assert.Equal(RolloutType.Exponential, shop.Rollout.Plan.Type);
        await PressAsync(page, "do-pause");
        await AnswerAsync(page, "lunch");
        await Expect(phase).ToHaveTextAsync("paused");
        await PressAsync(page, "do-resume");
        await AnswerAsync(page, "back");
        await Expect(phase).ToHaveTextAsync("canary");
        await PressAsync(page, "do-rollback");
        await AnswerAsync(page, "complaints");
        await Expect(phase).ToHaveTextAsync("rolled back");
        await PressAsync(page, "do-start");
        await TabToAsync(page, "reason");
        await AnswerAsync(page, "again");
        await Expect(phase).ToHaveTextAsync("gradual");
        await PressAsync(page, "do-complete");
        await AnswerAsync(page, "all is well");
        await Expect(phase).ToHaveTextAsync("complete");
    }

    private static async Task PressAsync(IPage page, string id)
    {
        await TabToAsync(page, id);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>From the reason to the dialog's end.</summary>
    private static async Task AnswerAsync(IPage page, string reason)
    {
        await Expect(page.GetByLabel("Reason")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(reason);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
    }

    private static async Task TabToAsync(IPage page, string id)
    {
        await page.Locator("#" + id).WaitForAsync();
        for (int i = 0; i < 100; i++)
        {
            if (await page.EvaluateAsync<string>("document.activeElement.id") == id)
                return;
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"The Tab key never reaches {id}.");
    }
}
