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
    [InlineData("staff", false)]
    [InlineData("staff,operators", true)]
    public async Task Status_OfACaller_SaysWhetherItMayWrite(string roles, bool mayWrite)
    {
        await using WebHost host = await WebHost.StartAsync(
            web: web => (web.ReadPolicy, web.WritePolicy) = ("Staff", "Operators"),
            services: services =>
            {
                services.AddAuthentication(TestUser.Name).AddScheme<AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
                services.AddAuthorizationBuilder()
                    .AddPolicy("Staff", policy => policy.RequireRole("staff"))
                    .AddPolicy("Operators", policy => policy.RequireRole("operators"));
            });
        host.Client.DefaultRequestHeaders.Add(TestUser.NameHeader, "ruth");
        host.Client.DefaultRequestHeaders.Add(TestUser.RolesHeader, roles);
        JsonObject status = (await host.Client.GetFromJsonAsync<JsonObject>("api/status"))!;
        Assert.Equal(mayWrite, (bool)status["mayWrite"]!);
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
    [InlineData(null)] // nobody may read, whoever they are
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
        Assert.Contains(policy is null ? "no ReadPolicy is set" : "Say who you are", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
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
