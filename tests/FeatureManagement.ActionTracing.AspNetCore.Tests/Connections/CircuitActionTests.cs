using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>Events of a real circuit of Blazor Server, clicked in a real browser: each is an action until all that its handler awaits is done.</summary>
[Collection(OneBrowser.Name)]
public sealed class CircuitActionTests(Browser browser)
{
    [BrowserFact]
    public async Task Events_OfACircuit_AreActionsWithTheirOutcome()
    {
        await using Shop shop = await StartAsync(100);
        await using Window window = await browser.OpenAsync();
        IPage page = await OpenAsync(window, shop);

        await page.ClickAsync("#good");
        await Assertions.Expect(page.Locator("#said")).ToHaveTextAsync("good");
        Eventually.True(() => shop.Counts.Exposed.AtRisk == 1, () => $"{shop.Counts.Exposed}");
        Assert.Equal(0, shop.Counts.Exposed.Bad);

        await page.ClickAsync("#broken");
        await Assertions.Expect(page.Locator("#said")).ToHaveTextAsync("caught by the boundary");
        Eventually.True(() => shop.Counts.Actions.Actions == 2, () => $"{shop.Counts.Actions}");
        Assert.Equal((2, 1), (shop.Counts.Exposed.AtRisk, shop.Counts.Exposed.Bad));
        Assert.Equal(0, shop.Counts.OutsideActions);
    }

    [BrowserFact]
    public async Task Event_WhoseBrowserLeaves_IsNoError()
    {
        await using Shop shop = await StartAsync(0);
        var signals = shop.Get<ShopButtons.Signals>();
        await using (Window window = await browser.OpenAsync())
        {
            IPage page = await OpenAsync(window, shop);
            await page.ClickAsync("#waiting");
            await signals.Clicked.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await page.CloseAsync();
        }
        await signals.Gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
        signals.Leave.SetException(new InvalidOperationException("the browser is gone"));
        Eventually.True(() => shop.Counts.Control.Units == 0, () => $"{shop.Counts.Control}");
        Assert.Equal((default, 0), (shop.Counts.Actions, shop.Counts.Control.Bad));
    }

    private static async Task<IPage> OpenAsync(Window window, Shop shop)
    {
        window.ExpectsFailures = true; // the shop has no icon
        IPage page = await window.OpenAsync(shop.Address);
        await Assertions.Expect(page.Locator("#said")).ToHaveTextAsync("ready");
        return page;
    }

    private static Task<Shop> StartAsync(int percentage) => Shop.StartAsync(
        percentage,
        app =>
        {
            app.UseAntiforgery();
            app.MapGet("/_framework/blazor.web.js", (RequestDelegate)(context =>
                context.Response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, "blazor.web.js"))));
            app.MapRazorComponents<ShopDocument>().AddInteractiveServerRenderMode();
        },
        builder =>
        {
            builder.Services.AddSingleton<ShopButtons.Signals>();
            builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddActionTracing();
            builder.Services.AddScoped<Microsoft.AspNetCore.Components.Server.Circuits.CircuitHandler, ShopButtons.Watcher>();
        },
        kestrel: true);
}
