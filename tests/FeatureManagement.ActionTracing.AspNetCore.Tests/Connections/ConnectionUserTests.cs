using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Claims;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>What is done inside a connection is done for the user who is signed in on it, and has a name of its own in the trace.</summary>
[Collection(OneBrowser.Name)]
public sealed class ConnectionUserTests : IDisposable
{
    private const string Cookie = "user";

    private readonly Browser _browser;
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly ActivityListener _listener;
    private readonly string _user = Guid.NewGuid().ToString("N");

    public ConnectionUserTests(Browser browser)
    {
        _browser = browser;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActionTracingSource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Name.StartsWith("ShopHub/", StringComparison.Ordinal) || options.Name.StartsWith("Event ", StringComparison.Ordinal)
                ? ActivitySamplingResult.AllData
                : ActivitySamplingResult.None,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task CallOfAHub_IsForTheSignedInUserOfItsConnection(HttpTransportType transport)
    {
        await using Shop shop = await StartAsync(app => app.MapHub<ShopHub>("/hub"));
        await using HubConnection connection = new HubConnectionBuilder()
            .WithUrl(new Uri(shop.Address, "/hub"), transport, options => options.Headers["Cookie"] = $"{Cookie}={_user}")
            .Build();
        await connection.StartAsync();
        Assert.False(await connection.InvokeAsync<bool>(nameof(ShopHub.Buy)));
        Eventually.True(() => NamesOfTheUser().Length == 2, () => string.Join(", ", _activities.Select(activity => activity.DisplayName)));
        Assert.Equal(["ShopHub/OnConnectedAsync", "ShopHub/Buy"], NamesOfTheUser());
    }

    [BrowserFact]
    public async Task EventOfACircuit_IsForTheSignedInUserOfIt()
    {
        await using Shop shop = await StartAsync(app =>
        {
            app.UseAntiforgery();
            app.MapGet("/_framework/blazor.web.js", (RequestDelegate)(context =>
                context.Response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, "blazor.web.js"))));
            app.MapRazorComponents<ShopDocument>().AddInteractiveServerRenderMode();
        });
        await using Window window = await _browser.OpenAsync();
        window.ExpectsFailures = true; // the shop has no icon
        IPage page = await window.OpenAsync(shop.Address);
        await page.ClickAsync("#good");
        await Assertions.Expect(page.Locator("#said")).ToHaveTextAsync("good");
        Eventually.True(() => NamesOfTheUser().Length == 1, () => string.Join(", ", _activities.Select(activity => activity.DisplayName)));
        Assert.Equal([$"Event onclick -> {typeof(ShopButtons).FullName}.GoodAsync"], NamesOfTheUser());
    }

    [BrowserFact]
    public async Task Events_OfACircuit_AreForTheUserOfTheApplicationsProvider_WhichIsAskedOnce()
    {
        var provider = new SlowProvider();
        await using Shop shop = await StartAsync(
            app =>
            {
                app.UseAntiforgery();
                app.MapGet("/_framework/blazor.web.js", (RequestDelegate)(context =>
                    context.Response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, "blazor.web.js"))));
                app.MapRazorComponents<ShopDocument>().AddInteractiveServerRenderMode();
            },
            services => services.AddSingleton<AuthenticationStateProvider>(provider));
        await using Window window = await _browser.OpenAsync();
        window.ExpectsFailures = true; // the shop has no icon
        IPage page = await window.OpenAsync(shop.Address);
        await Assertions.Expect(page.Locator("#said")).ToHaveTextAsync("ready");

        await provider.KnowAsync(_user);
        foreach (int events in (int[])[1, 2])
        {
            await page.ClickAsync("#good");
            Eventually.True(() => NamesOfTheUser().Length == events, () => string.Join(", ", _activities.Select(activity => activity.DisplayName)));
        }
        string other = Guid.NewGuid().ToString("N");
        provider.SignIn(other);
        await page.ClickAsync("#good");
        Eventually.True(() => _activities.Any(activity => Equals(activity.GetTagItem("user.id"), other)), () => "no event of the other user");
        Assert.Equal(2, NamesOfTheUser().Length);
        Assert.Equal(1, provider.Asked);
    }

    private string[] NamesOfTheUser() => [.. _activities.Where(activity => Equals(activity.GetTagItem("user.id"), _user)).Select(activity => activity.DisplayName)];

    private async Task<Shop> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? services = null)
    {
        Shop shop = await Shop.StartAsync(
            0,
            app =>
            {
                app.Use(SignInAsync);
                map(app);
            },
            builder =>
            {
                builder.Services.Configure<ActionTracingOptions>(options => options.IncludeIdentities = true);
                builder.Services.AddSingleton<ShopButtons.Signals>();
                builder.Services.AddSingleton(new ShopHub.Signals(1));
                builder.Services.AddSignalR().AddActionTracing();
                builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddActionTracing();
                services?.Invoke(builder.Services);
            },
            kestrel: true);
        shop.Set("ActionTracing:featureFlags:action_tracing_enabled:state", "enabled");
        shop.Set("ActionTracing:featureFlags:verbose_tracing:type", "multivariate");
        shop.Set("ActionTracing:featureFlags:verbose_tracing:state", "enabled");
        shop.Set("ActionTracing:featureFlags:verbose_tracing:variants:detailed:weight", "1");
        return shop;
    }

    /// <summary>Signs in whom a cookie names, which the first page sets.</summary>
    private Task SignInAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == "/")
            context.Response.Cookies.Append(Cookie, _user);
        if (context.Request.Cookies[Cookie] is { } name)
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name)], "test"));
        return next(context);
    }
}
