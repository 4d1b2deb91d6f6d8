using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>The page and its files, as they come over the wire.</summary>
public partial class PageTests
{
    [Fact]
    public async Task Page_Always_ForbidsWhateverIsNotItsOwn()
    {
        await using WebHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.GetAsync("");
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Page_EveryAddressInIt_IsRelativeAndThere()
    {
        await using WebHost host = await StartAsync();
        string page = await host.Client.GetStringAsync("");
        string[] addresses = [.. Address().Matches(page).Select(match => match.Groups[1].Value).Where(address => !address.StartsWith('#'))];
        Assert.True(addresses.Length >= 4);
        foreach (string address in addresses)
        {
            Assert.StartsWith("assets/", address, StringComparison.Ordinal);
            using HttpResponseMessage response = await host.Client.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal((true, true, TimeSpan.FromDays(365)), (response.Headers.CacheControl!.Private, response.Headers.CacheControl.Extensions.Any(extension => extension.Name == "immutable"), response.Headers.CacheControl.MaxAge));
        }
    }

    [Fact]
    public async Task Files_All_NameNobodyElse()
    {
        await using WebHost host = await StartAsync();
        DashboardAssets assets = host.Services.GetRequiredService<DashboardAssets>();
        foreach (string name in assets.Names)
        {
            string text = await host.Client.GetStringAsync($"assets/{assets.Version}/{name}");
            Assert.DoesNotMatch("https?://(?!www.w3.org/2000/svg)", text);
            Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document.write|eval\\(", text);
            foreach (Match import in Import().Matches(text))
                Assert.Contains(import.Groups[1].Value, assets.Names);
        }
    }

    [Fact]
    public async Task Asset_OfAnotherVersion_IsGivenButNotKept()
    {
        await using WebHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.GetAsync("assets/older/app.js");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/javascript", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Asset_Unknown_IsNotFound()
    {
        await using WebHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.GetAsync("assets/any/..%2Fappsettings.json");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/action-tracing", "action-tracing/")]
    [InlineData("/action-tracing?x=1", "action-tracing/?x=1")]
    [InlineData("/shop/action-tracing", "action-tracing/")]
    public async Task Page_WithoutItsSlash_IsOneRelativeStepAway(string path, string location)
    {
        await using WebHost host = await WebHost.StartAsync(map: app => app.MapActionTracing("/action-tracing").AllowAnonymous(), pipeline: app => app.UsePathBase("/shop"));
        using HttpResponseMessage response = await host.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(location, response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("staff", null, false, false)]
    [InlineData("staff,operators", null, true, true)]
    [InlineData("staff,on-call", "OnCall", false, true)]
    [InlineData("staff,operators", "OnCall", true, false)]
    public async Task Status_OfACaller_SaysWhatItMayDo(string roles, string? emergencyPolicy, bool mayWrite, bool mayShutDown)
    {
        await using WebHost host = await WebHost.StartAsync(
            web: web => (web.ReadPolicy, web.WritePolicy, web.EmergencyPolicy) = ("Staff", "Operators", emergencyPolicy),
            services: services =>
            {
                services.AddAuthentication(TestUser.Name).AddScheme<AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
                services.AddAuthorizationBuilder()
                    .AddPolicy("Staff", policy => policy.RequireRole("staff"))
                    .AddPolicy("Operators", policy => policy.RequireRole("operators"))
                    .AddPolicy("OnCall", policy => policy.RequireRole("on-call"));
            });
        host.Client.DefaultRequestHeaders.Add(TestUser.NameHeader, "ruth");
        host.Client.DefaultRequestHeaders.Add(TestUser.RolesHeader, roles);
        JsonObject status = (await host.Client.GetFromJsonAsync<JsonObject>("api/status"))!;
        Assert.Equal((mayWrite, mayShutDown), ((bool)status["mayWrite"]!, (bool)status["mayShutDown"]!));
        Assert.Equal("Production", (string)status["environment"]!);
        Assert.Empty(status["configuration"]!["faults"]!.AsArray());
        Assert.False((bool)status["store"]!["isDurable"]!);
    }

    [Theory]
    [InlineData("", "text/html,application/xhtml+xml", HttpStatusCode.Redirect)]
    [InlineData("", "*/*", HttpStatusCode.Unauthorized)]
    [InlineData("api/flags", "text/html", HttpStatusCode.Unauthorized)]
    [InlineData("api/events", "text/html", HttpStatusCode.Unauthorized)]
    public async Task Page_OpenedBySomebodyUnknown_SendsThemToSignIn(string path, string accept, HttpStatusCode expected)
    {
        await using WebHost host = await WebHost.StartAsync(
            web: web => web.ReadPolicy = "Staff",
            services: services =>
            {
                services.AddAuthentication("Cookies").AddCookie("Cookies");
                services.AddAuthorizationBuilder().AddPolicy("Staff", policy => policy.RequireRole("staff"));
            });
        using HttpResponseMessage response = await AskAsync(host, path, accept);
        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.Redirect)
            Assert.Equal("http://localhost/Account/Login?ReturnUrl=%2Faction-tracing%2F", response.Headers.Location?.OriginalString);
        else
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(null)] // no user may read
    [InlineData("Staff")] // signing in happens elsewhere
    [InlineData("Typo")]
    public async Task Page_OpenedBySomebodyUnknownWhoCannotSignIn_SaysSo(string? policy)
    {
        await using WebHost host = await WebHost.StartAsync(
            web: web => web.ReadPolicy = policy,
            services: services =>
            {
                services.AddAuthentication(TestUser.Name).AddScheme<AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
                services.AddAuthorizationBuilder().AddPolicy("Staff", staff => staff.RequireRole("staff"));
            });
        using HttpResponseMessage response = await AskAsync(host, "", "text/html");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(policy is null ? "ReadPolicy is not set" : "Authentication required. Reading flags needs the policy '", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // A bearer scheme answers a challenge with 401, before or after the cookie scheme has answered it with a redirect.
    [Theory]
    [InlineData("Cookies", TestUser.Name)]
    [InlineData(TestUser.Name, "Cookies")]
    public async Task Page_PolicyWithCookieAndBearerSchemes_RedirectsToTheSignIn(string first, string second)
    {
        await using DashboardHost host = await DashboardHost.StartAsync(environment: "Production", web: web => web.ReadPolicy = "Both", services: builder =>
        {
            builder.Services.AddAuthentication().AddCookie("Cookies");
            builder.Services.AddAuthorizationBuilder().AddPolicy("Both", policy => policy.AddAuthenticationSchemes(first, second).RequireRole("staff"));
        });
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        using var page = new HttpRequestMessage(HttpMethod.Get, "");
        page.Headers.TryAddWithoutValidation("Accept", "text/html");
        using HttpResponseMessage response = await client.SendAsync(page);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/Account/Login", response.Headers.Location?.AbsolutePath);

        using HttpResponseMessage api = await client.GetAsync("api/flags");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        Assert.Null(api.Headers.Location);

        // To a script the cookie scheme answers 401 with the address of the sign-in, which no browser follows.
        using var script = new HttpRequestMessage(HttpMethod.Get, "");
        script.Headers.TryAddWithoutValidation("Accept", "text/html");
        script.Headers.Add("X-Requested-With", "XMLHttpRequest");
        using HttpResponseMessage refused = await client.SendAsync(script);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Null(refused.Headers.Location);
    }

    [Theory]
    [InlineData(null, "GET", "api/flags", "Authentication required. Reading flags needs the policy 'Staff'.")]
    [InlineData(null, "POST", "api/flags/checkout/reset", "Authentication required. Changing flags needs the policy 'Operators'.")]
    [InlineData("ruth", "POST", "api/flags/checkout/reset", "Access denied. Changing flags needs the policy 'Operators'.")]
    [InlineData("ruth", "POST", "api/flags/checkout/emergency", "Access denied. Shutting a flag down needs the policy 'OnCall'.")]
    [InlineData(null, "GET", "", "Authentication required. Reading flags needs the policy 'Staff'.")]
    public async Task Refusal_ForWantOfAPolicy_NamesIt(string? caller, string method, string path, string detail)
    {
        await using DashboardHost host = await DashboardHost.StartAsync(environment: "Production", web: web => web.EmergencyPolicy = "OnCall");
        using var client = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (caller is not null)
            request.Headers.Add(TestUser.NameHeader, caller);
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(caller is null ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(detail, (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }

    private static async Task<HttpResponseMessage> AskAsync(WebHost host, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await host.Client.SendAsync(request);
    }

    private static Task<WebHost> StartAsync() => WebHost.StartAsync(map: app => app.MapActionTracing("/action-tracing").AllowAnonymous());

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Address();

    [GeneratedRegex("from '\\./([^']*)'")]
    private static partial Regex Import();
}
