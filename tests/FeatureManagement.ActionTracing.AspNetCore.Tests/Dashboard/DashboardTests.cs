using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>What is seen, in a real browser against a real host.</summary>
[Collection(OneBrowser.Name)]
[Trait("Speed", "Slow")]
public class DashboardTests(Browser browser)
{
    [BrowserFact]
    public async Task Flags_AreATree_WithTheirReasons()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(host.Address);
        ILocator checkout = page.GetByRole(AriaRole.Listitem).Filter(new() { Has = page.GetByRole(AriaRole.Link, new() { Name = "checkout", Exact = true }) });
        await Expect(checkout.First).ToContainTextAsync("On for 25 % and 2 listed");
        await Expect(checkout.First.GetByRole(AriaRole.Link, new() { Name = "checkout_gifts" })).ToBeVisibleAsync();
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");

        await page.GetByLabel("Search flags").FillAsync("wallets");
        await Expect(page.Locator(".tree .row")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Link, new() { Name = "checkout_wallets" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("checkout_wallets");
        await Expect(page.Locator("#title")).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task TryAContext_SaysWhoGetsItAndWhy()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await page.GetByLabel("User").FillAsync("alice");
        await page.GetByRole(AriaRole.Button, new() { Name = "Evaluate" }).ClickAsync();
        await Expect(page.Locator("output")).ToContainTextAsync("On: the user is on the whitelist");
        await page.GetByLabel("User").FillAsync("");
        await page.GetByLabel("Session").FillAsync("nobody-in-particular-1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Evaluate" }).ClickAsync();
        await Expect(page.Locator("output")).ToContainTextAsync(host.Flags.IsEnabled("checkout", new() { SessionId = "nobody-in-particular-1" }) ? "inside the percentage of 25 %" : "outside the percentage of 25 %");
    }

    [BrowserFact]
    public async Task TryAContext_SaysWhatTheTestIs()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Evaluate the flag" }))
            .ToContainTextAsync("Evaluates the flag for this context now. It changes nothing, and is neither counted nor audited.");
    }

    [BrowserFact]
    public async Task Flags_OfOtherProviders_AreReadOnlyRows()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(FeaturesOfTheApplication);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(host.Address);
        ILocator others = page.GetByRole(AriaRole.Region, new() { Name = "Other flags of Microsoft.FeatureManagement" });
        await Expect(others).ToContainTextAsync("Read-only");
        await Expect(others.Locator("tbody tr")).ToHaveTextAsync(["Betaconditionalany of Microsoft.Percentage, Microsoft.TimeWindow", "Legacydisabled", "Noticesenabled"]);
        await Expect(others.Locator("a, button")).ToHaveCountAsync(0);
        await page.GetByLabel("Search flags").FillAsync("legacy");
        await Expect(others.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GetByLabel("Search flags").FillAsync("checkout");
        await Expect(others).ToBeHiddenAsync();
    }

    /// <summary>A flag of ours beside three that are not.</summary>
    internal const string FeaturesOfTheApplication =
        """
        {
          "ActionTracing": { "featureFlags": { "checkout": { "type": "boolean", "state": "enabled" } } },
          "feature_management": { "feature_flags": [
            { "id": "Notices", "enabled": true },
            { "id": "Legacy", "enabled": false },
            { "id": "checkout", "enabled": false },
            { "id": "Beta", "enabled": true, "conditions": { "client_filters": [
              { "name": "Microsoft.Percentage", "parameters": { "Value": 50 } }, { "name": "Microsoft.TimeWindow", "parameters": { "Start": "2026-01-01" } } ] } }
          ] }
        }
        """;

    [BrowserFact]
    public async Task FixedPercentage_IsNotCalledARollout_AndAnEnabledFlagHasNone()
    {
        await using DashboardHost host = await DashboardHost.StartAsync("""
            { "ActionTracing": { "featureFlags": {
              "fixed": { "type": "percentage", "state": "rollout", "percentage": 33.333 },
              "whole": { "type": "percentage", "state": "enabled", "percentage": 25 } } } }
            """);
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/fixed"));
        await Expect(page.Locator(".verdict .chip")).ToHaveTextAsync("fixed percentage");
        await Expect(page.Locator(".verdict .why")).ToHaveTextAsync("On for 33.333 %"); // as it was set
        await page.EvaluateAsync("location.hash = '#/flags/whole'");
        await Expect(page.Locator(".verdict .why")).ToHaveTextAsync("On for everybody");
        await Expect(page.Locator(".facts").First).Not.ToContainTextAsync("25 %");
    }

    [BrowserFact]
    public async Task LongLists_ShowTheirBeginningAndTheirNumber()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.Flags.UpdateFlagAsync("recommendations", new FlagUpdate { Whitelist = [.. Enumerable.Range(1, 2_005).Select(i => $"customer-{i}")] }, new FlagChange("maria", "all of them"));
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/recommendations"));
        await Expect(page.Locator(".facts").First).ToContainTextAsync("customer-5");
        await Expect(page.Locator(".facts").First).ToContainTextAsync("and 2,000 more");
        await Expect(page.Locator(".facts").First).Not.ToContainTextAsync("customer-6");
        await Expect(page.Locator(".verdict .why")).ToContainTextAsync("2005 listed");
    }

    [BrowserFact]
    public async Task TryAContext_SendsNoIdInAnAddress()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await page.GetByLabel("User").FillAsync("alice");
        IRequest request = await page.RunAndWaitForRequestAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Evaluate" }).ClickAsync(), asked => asked.Url.Contains("/evaluate", StringComparison.Ordinal));
        Assert.Equal("POST", request.Method);
        Assert.DoesNotContain("alice", request.Url, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task AnAddressThatCannotBeDecoded_IsAFlagThatIsNotThere()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/%zz"));
        await Expect(page.Locator("main")).ToContainTextAsync("Flag not found.");
        await Expect(page.Locator("#title")).ToHaveTextAsync("%zz");
    }

    [BrowserFact]
    public async Task Reader_SeesEverythingAndNoButtonThatWrites()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(environment: "Production");
        await using Window window = await browser.OpenAsync(headers: DashboardHost.As("ruth", "staff"));
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await Expect(page.Locator(".verdict")).ToContainTextAsync("On for 25 %");
        await Expect(page.Locator("[id^=do-]")).ToHaveCountAsync(0);

        await using Window operators = await browser.OpenAsync(headers: DashboardHost.As("olga", "staff,operators"));
        IPage theirs = await operators.OpenAsync(new Uri(host.Address, "#/flags/checkout"));
        await Expect(theirs.Locator("#do-kill")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task BrokenConfiguration_ShowsItsSentence_AndGoesWhenRecovered()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/health"));
        await Expect(page.Locator("main")).ToContainTextAsync("The current configuration is in force.");
        host.Edit(DashboardHost.Shop.Replace("\"percentage\": 60", "\"percentage\": 140", StringComparison.Ordinal));
        await Expect(page.Locator("#alerts")).ToContainTextAsync("Flag 'recommendations': percentage is 140; it must be between 0 and 100.");
        await Expect(page.Locator("main")).ToContainTextAsync("Flag 'recommendations': percentage is 140; it must be between 0 and 100.");
        host.Edit(DashboardHost.Shop[..^20]);
        await Expect(page.Locator("#alerts")).ToContainTextAsync("appsettings.json");
        host.Edit(DashboardHost.Shop);
        await Expect(page.Locator("#alerts")).ToBeEmptyAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("The current configuration is in force.");
    }

    [BrowserFact]
    public async Task HostStops_PageSaysThatItIsNotLive()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Window window = await browser.OpenAsync();
        window.ExpectsFailures = true;
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await host.StopAsync();
        await Expect(page.Locator("#live")).ToContainTextAsync("Not live: last update");
        await Expect(page.Locator(".tree .row").First).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task NoEventsComeThrough_PageAsksInstead()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(pipeline: app => app.Use((context, next) =>
        {
            if (!context.Request.Path.Value!.EndsWith("/api/events", StringComparison.Ordinal))
                return next(context);
            context.Response.StatusCode = 502;
            return Task.CompletedTask;
        }));
        await using Window window = await browser.OpenAsync();
        window.ExpectsFailures = true;
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator("#live")).ToContainTextAsync("Not live: updates every 5 s");
        await host.Flags.EmergencyShutdownAsync("checkout", new FlagChange("maria", "It burns."));
        await Expect(page.Locator("#alerts")).ToContainTextAsync("checkout is in emergency: It burns.");
    }

    [BrowserTheory]
    [InlineData("/shop/action-tracing", "base")]
    [InlineData("/ops/tools/action-tracing", "stripped")]
    [InlineData("/ops/tools/action-tracing", "stripped and forwarded")]
    [InlineData("/tracing", "added")]
    [InlineData("/flags/", "added and renamed")]
    public async Task Page_BelowAnotherPath_Works(string path, string how)
    {
        await using DashboardHost host = await DashboardHost.StartAsync(prefix: how == "added" ? "/shop/tracing" : "/action-tracing", pipeline: app =>
        {
            if (how == "base")
                app.UsePathBase("/shop");
            else
                app.Use((context, next) =>
                {
                    context.Request.Path = AsProxied(context.Request.Path, how);
                    if (how == "stripped and forwarded")
                        context.Request.Headers["X-Forwarded-Prefix"] = "/ops/tools";
                    return next(context);
                });
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedPrefix });
        });
        await using Window window = await browser.OpenAsync(headers: DashboardHost.As("olga", "staff,operators"));
        IPage page = await window.OpenAsync(new Uri(host.Address, path));
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await page.GetByRole(AriaRole.Link, new() { Name = "recommendations" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("from far away");
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill recommendations" }).ClickAsync();
        await Expect(page.Locator("#alerts")).ToContainTextAsync("recommendations is in emergency: from far away");
        Assert.Equal("olga", host.Flags.GetFlag("recommendations")!.Emergency!.Actor);
    }

    /// <summary>Where a proxy sends a request: it takes its own folders off, adds one that browsers know nothing of, or calls the folder something else.</summary>
    private static PathString AsProxied(PathString path, string how) => how switch
    {
        "added" => new PathString("/shop").Add(path),
        "added and renamed" => path.StartsWithSegments("/flags", out PathString rest) ? new PathString("/action-tracing").Add(rest) : "/nothing",
        _ => path.StartsWithSegments("/ops/tools", out PathString rest) ? rest : "/nothing",
    };

    [BrowserFact]
    public async Task WordsOfOthers_WhateverTheyAre_AreWords()
    {
        string longText = new('x', 10_000);
        string settings = $$"""
            { "ActionTracing": { "featureFlags": {
              "<script>document.title='owned'<\u002fscript>\"'": { "type": "boolean", "state": "enabled", "description": "<img src=x onerror=alert(1)> 'quoted' \"twice\" &amp; \u202Eright to left" },
              "العربية": { "type": "boolean", "state": "enabled", "description": "{{longText}}" }
            } } }
            """.Replace("<\\u002fscript>", "<script>", StringComparison.Ordinal);
        await using DashboardHost host = await DashboardHost.StartAsync(settings);
        await using Window window = await browser.OpenAsync(width: 360, height: 740);
        IPage page = await window.OpenAsync(host.Address);
        const string Name = "<script>document.title='owned'<script>\"'";
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = Name })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = Name }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(Name);
        await Expect(page.Locator(".about")).ToContainTextAsync("<img src=x onerror=alert(1)> 'quoted' \"twice\" &amp;");
        await host.Flags.EmergencyShutdownAsync(Name, new FlagChange("<i>maria</i>", "\u202E<b>" + new string('y', 900)));
        await Expect(page.Locator("#alerts")).ToContainTextAsync("<b>yyy");
        await Expect(page.Locator("main img, main script, main b, main i")).ToHaveCountAsync(0);
        await AssertFitsAsync(page);
        await page.GotoAsync(new Uri(host.Address, "#/flags/" + Uri.EscapeDataString("العربية")).ToString());
        await Expect(page.Locator(".about")).ToHaveTextAsync(longText);
        await AssertFitsAsync(page);
    }

    [BrowserFact]
    public async Task WordsOfOthers_InRolloutsAndExperiments_AreWords()
    {
        const string Variant = "<script>document.title='owned'<script>\u202E\"'&amp;";
        string longText = new('x', 10_000);
        await using Trial trial = await Trial.StartAsync(grid: Variant.Replace("\"", "\\\"", StringComparison.Ordinal), others: $$"""
            , "<b>\"'": { "type": "percentage", "state": "disabled", "description": "{{longText}}" },
            "wide": { "type": "multivariate", "state": "enabled", "variants": { "a": { "weight": 1 }, "{{longText}}": { "weight": 1 } },
              "experiment": { "control": "a", "primaryMetric": "bought", "metrics": { "bought": { "kind": "binary" } } } }
            """);
        await trial.RunAsync(2_000, buyersOfList: 10, buyersOfOther: 11);
        IRolloutManager rollouts = trial.Host.Get<IRolloutManager>();
        await rollouts.StartAsync("<b>\"'", new FlagChange("<i>maria</i>", "\u202E<img src=x onerror=alert(1)>" + longText[..900]));
        await using Window window = await browser.OpenAsync(width: 360, height: 740);
        IPage page = await window.OpenAsync(new Uri(trial.Host.Address, "#/flags/" + Uri.EscapeDataString("<b>\"'")));
        await Expect(page.Locator(".rollout")).ToContainTextAsync("<img src=x onerror=alert(1)>xxx");
        await AssertFitsAsync(page);
        await rollouts.RollBackAsync("<b>\"'", new FlagChange("<i>maria</i>", "<u>" + longText[..900]));
        await Expect(page.Locator(".rollout .state")).ToContainTextAsync("<u>xxx");
        await AssertFitsAsync(page);
        foreach ((string flag, string text) in ((string, string)[])[("layout", Variant), ("wide", longText)])
        {
            await page.EvaluateAsync("flag => location.hash = '#/flags/' + flag", flag);
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Sample ratio" })).ToContainTextAsync(text);
            await AssertFitsAsync(page);
        }
        await page.EvaluateAsync("location.hash = '#/experiments'");
        await Expect(page.Locator(".experiments")).ToContainTextAsync(Variant);
        await AssertFitsAsync(page);
        await Expect(page.Locator("main img, main script, main b, main i, main u")).ToHaveCountAsync(0);
        Assert.DoesNotContain("owned", await page.TitleAsync(), StringComparison.Ordinal);
    }

    // The longest name that is taken, one that is refused, and the longest reason: without a space at which a line could break.
    [BrowserFact]
    public async Task WordsOfOthers_AsLongAsTheyMayBe_FitAPhone()
    {
        (string name, string tooLong, string text, string reason) = (new('n', 200), new('m', 10_000), new('x', 10_000), new('r', FlagChange.MaxLength));
        string settings = $$"""
            { "ActionTracing": { "featureFlags": {
              "{{name}}": { "type": "percentage", "state": "rollout", "percentage": 5, "description": "{{text}}", "whitelist": [ "{{text}}" ], "groups": [ "{{text}}" ] },
              "child": { "type": "boolean", "state": "enabled", "parent": "{{name}}" }
            } } }
            """;
        await using DashboardHost host = await DashboardHost.StartAsync(settings);
        host.Edit(settings.Replace("\"child\": {", $$"""
            "{{tooLong}}": { "type": "boolean", "state": "enabled" }, "child": {
            """, StringComparison.Ordinal));
        await host.Flags.UpdateFlagAsync(name, new FlagUpdate { Percentage = 6 }, new FlagChange(new string('a', FlagChange.MaxLength), reason));
        await using Window window = await browser.OpenAsync(width: 360, height: 740);
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator("#alerts")).ToContainTextAsync(tooLong[..90]); // sentences cut what they quote
        await Expect(page.Locator(".tree")).ToContainTextAsync(name);
        await AssertFitsAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = name }).First.ClickAsync();
        await Expect(page.Locator(".about")).ToHaveTextAsync(text);
        await Expect(page.Locator(".facts")).ToContainTextAsync(text);
        await Expect(page.Locator(".audit")).ToContainTextAsync(reason);
        await AssertFitsAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("2 flags stop");
        await dialog.GetByLabel("Reason").FillAsync(reason);
        await AssertFitsAsync(page);
        Assert.True(await dialog.EvaluateAsync<bool>("dialog => dialog.scrollWidth <= dialog.clientWidth"), "The dialog is wider than its window.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Kill " + name }).ClickAsync();
        await Expect(page.Locator("#alerts")).ToContainTextAsync(reason);
        await AssertFitsAsync(page);

        foreach ((string view, string shows) in ((string, string)[])[("audit", reason), ("health", tooLong[..90]), ("flags/child", name), ("experiments", "No flag has an experiment.")])
        {
            await page.EvaluateAsync("view => location.hash = '#/' + view", view);
            await Expect(page.Locator("main")).ToContainTextAsync(shows);
            await AssertFitsAsync(page);
        }
    }

    [BrowserFact]
    public async Task OnAPhone_NumbersAndFieldsKeepTheirRoom()
    {
        await using Trial trial = await Trial.StartAsync(others: """, "search": { "type": "percentage", "state": "disabled" } """);
        await trial.RunAsync(2_000, buyersOfList: 10, buyersOfOther: 20);
        await using Window window = await browser.OpenAsync(width: 360, height: 740);
        IPage page = await window.OpenAsync(new Uri(trial.Host.Address, "#/flags/layout"));
        ILocator numbers = page.Locator("[aria-labelledby=experiment-title] .numbers :is(thead th, td:not([colspan]))");
        await Expect(numbers.First).ToBeVisibleAsync();
        Assert.All(await numbers.EvaluateAllAsync<double[]>("cells => cells.map(cell => cell.querySelector('.chip') ? 0 : cell.scrollWidth - cell.clientWidth)"), over => Assert.Equal(0, over));
        Assert.All(await page.Locator("[aria-labelledby=experiment-title] .numbers thead").EvaluateAllAsync<double[]>("heads => heads.map(head => head.clientHeight)"), height => Assert.InRange(height, 20, 40)); // one line
        await AssertFitsAsync(page);

        await page.GotoAsync(new Uri(trial.Host.Address, "#/flags/search").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("It is off already, and stays off until the emergency is cleared.");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start rollout…" }).ClickAsync();
        await page.GetByLabel("Plan").SelectOptionAsync("linear");
        double[] widths = await page.Locator(".plan :is(input, select):visible").EvaluateAllAsync<double[]>("fields => fields.map(field => field.clientWidth)");
        Assert.True(widths.Length >= 8);
        Assert.All(widths, width => Assert.InRange(width, 120, 360));
    }

    [BrowserFact]
    public async Task TenThousandAuditEntries_AreReadFurtherAndFurtherDown_AndStayWhenNewOnesCome()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        for (int i = 1; i <= 10_000; i++)
            await host.Flags.UpdateFlagAsync("recommendations", new FlagUpdate { Percentage = i % 100 }, new FlagChange("maria", $"step {i}"));
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(new Uri(host.Address, "#/audit"));
        ILocator entries = page.Locator(".audit tbody tr");
        await Expect(entries).ToHaveCountAsync(50);
        for (int i = 1; i <= 3; i++)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Show older" }).ClickAsync();
            await Expect(entries).ToHaveCountAsync(50 + 200 * i);
        }
        await Expect(entries.Last).ToContainTextAsync("step 9351");
        await host.Flags.UpdateFlagAsync("recommendations", new FlagUpdate { Percentage = 7 }, new FlagChange("maria", "one more"));
        await Expect(entries.First).ToContainTextAsync("one more");
        await Expect(entries).ToHaveCountAsync(651);
    }

    [BrowserFact]
    public async Task AThousandFlags_AreShownAndFound()
    {
        string flags = string.Join(",\n", Enumerable.Range(0, 1_000).Select(i => $$"""
            "flag_{{i:0000}}": { "type": "percentage", "state": "rollout", "percentage": {{i % 100}}, "description": "One of many" {{(i % 10 == 0 ? "" : $", \"parent\": \"flag_{i / 10 * 10:0000}\"")}} }
            """));
        await using DashboardHost host = await DashboardHost.StartAsync($$"""{ "ActionTracing": { "featureFlags": { {{flags}} } } }""");
        await using Window window = await browser.OpenAsync();
        IPage page = await window.OpenAsync(host.Address);
        await Expect(page.Locator(".tree .row")).ToHaveCountAsync(1_006);
        await page.GetByLabel("Search flags").FillAsync("flag_0777");
        await Expect(page.Locator(".tree .row")).ToHaveCountAsync(2);
        await Expect(page.GetByText("1 flag of 1,006")).ToBeVisibleAsync();
    }

    internal static async Task AssertFitsAsync(IPage page) =>
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
}
