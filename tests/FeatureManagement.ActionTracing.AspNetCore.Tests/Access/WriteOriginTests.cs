using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Access;

/// <summary>Writes from browsers that send no <c>Sec-Fetch-Site</c>, as on plain http: straight to Kestrel and through a real nginx.</summary>
public class WriteOriginTests(WriteOriginHosts hosts) : IClassFixture<WriteOriginHosts>
{
    [Theory]
    [InlineData("http://shop.example", "shop.example", true)]
    [InlineData("http://shop.example", "shop.example:80", true)]
    [InlineData("https://shop.example", "shop.example:443", true)]
    [InlineData("https://shop.example", "shop.example", true)] // a proxy ended TLS
    [InlineData("http://SHOP.example", "shop.EXAMPLE", true)]
    [InlineData("http://shop.example:8080", "shop.example:8080", true)]
    [InlineData("http://xn--bcher-kva.example", "XN--BCHER-KVA.example:80", true)]
    [InlineData("http://[::1]:5000", "[0:0:0:0:0:0:0:1]:5000", true)]
    [InlineData("http://ops.example", "app", true)] // is allowed below
    [InlineData("http://ops.example:80", "app", true)]
    [InlineData("https://ops.example", "app", false)]
    [InlineData("http://ops.example:8080", "app", false)]
    [InlineData("http://shop.example:8080", "shop.example", false)]
    [InlineData("https://shop.example", "shop.example:80", false)]
    [InlineData("http://shop.example.evil.example", "shop.example", false)]
    [InlineData("http://evil.example", "shop.example", false)]
    [InlineData("http://shop.example@evil.example", "shop.example", false)]
    [InlineData("http://evil.example/shop.example", "shop.example", false)]
    [InlineData("null", "shop.example", false)]
    public async Task Write_ByOriginAndHost_ComparesNormalizedOrigins(string origin, string host, bool allowed)
    {
        DashboardHost app = hosts.Http;
        // A header that any client can send decides nothing.
        using HttpResponseMessage response = await KillAsync(new Uri(app.Address, "api/"), origin, host, ("X-Forwarded-Host", "evil.example"));
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(allowed, await WriteOriginHosts.EndAsync(app));
    }

    [Theory]
    [InlineData("https://shop.example", "shop.example", true)]
    [InlineData("https://shop.example:8443", "shop.example:8443", true)]
    [InlineData("http://shop.example", "shop.example", false)]
    [InlineData("http://shop.example:8443", "shop.example:8443", false)]
    [InlineData("http://ops.example", "app", true)] // is allowed below
    public async Task Write_OverHttps_IsRefusedForAnHttpOrigin(string origin, string host, bool allowed)
    {
        DashboardHost app = hosts.Https;
        using HttpResponseMessage response = await KillAsync(new Uri(app.Address, "api/"), origin, host, ("X-Forwarded-Proto", "https"));
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(allowed, await WriteOriginHosts.EndAsync(app));
        if (!allowed)
            Assert.Contains($"Origin is '{origin}', Host is '{host}' over https; they must name the same host and port, both over https.", await DetailAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_FromAnotherSite_IsRefusedAlsoWhereItsOriginIsAllowed()
    {
        await using DashboardHost app = await StartAsync(allowed: ["http://ops.example"]);
        using HttpResponseMessage response = await KillAsync(new Uri(app.Address, "api/"), "http://ops.example", "app", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("Sec-Fetch-Site is 'cross-site'", await DetailAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public void Origin_WithAnInternationalName_EqualsItsAsciiForm()
    {
        Assert.True(WebOrigin.TryParse("http://Bücher.example", out WebOrigin? origin));
        Assert.True(origin.IsAt("xn--bcher-kva.example:80"));
        Assert.Equal("http://xn--bcher-kva.example", origin.ToString());
    }

    [Theory]
    [InlineData("http://a.example", "http://a.example")]
    [InlineData("https://A.example:443", "https://a.example")]
    [InlineData("https://a.example:80", "https://a.example:80")]
    [InlineData("http://[0:0::1]", "http://[::1]")]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("null", null)]
    [InlineData("a.example", null)]
    [InlineData("http://", null)]
    [InlineData("http://a.example/", null)]
    [InlineData(" http://a.example", null)]
    [InlineData("http://a.example ", null)]
    [InlineData("http://*.example", null)]
    [InlineData("ftp://a.example", null)]
    [InlineData("file:///a", null)]
    [InlineData("http://u@a.example", null)]
    [InlineData("http://a.example/path", null)]
    [InlineData("http://a.example?x", null)]
    [InlineData("http://a.example?", null)]
    [InlineData("http://a.example#x", null)]
    [InlineData("http://a.example#", null)]
    [InlineData("http://@a.example", null)]
    [InlineData("http:\\\\a.example", null)]
    public void Origin_AnyText_IsReadWhereItIsAnOriginAndNothingElse(string? text, string? origin)
    {
        Assert.Equal(origin, WebOrigin.Parse(text)?.ToString());
        Assert.Equal(origin is not null, WebOrigin.TryParse(text, out _));
    }

    [Theory]
    [InlineData("same-origin", null)]
    [InlineData("none", null)]
    [InlineData("", "")]
    [InlineData("cross-site", "cross-site")]
    [InlineData("same-origin|same-origin", "same-origin,same-origin")]
    public void Refusal_BySecFetchSite_AllowsThePageItselfAndTheUser(string values, string? refused)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Headers["Sec-Fetch-Site"] = values.Split('|');
        string? expected = null;
        if (refused is not null)
            expected = $"Write from another site denied: Sec-Fetch-Site is '{refused}'; it must be 'same-origin' or 'none'. "
                + "Send the write from the dashboard's own address.";
        Assert.Equal(expected, Refusal(request));
    }

    [Fact]
    public void Refusal_WithoutAHost_ShowsAnEmptyOne()
    {
        HttpRequest request = new DefaultHttpContext().Request;
        Assert.Null(Refusal(request));
        request.Headers.Origin = "http://a.example";
        Assert.Contains("Origin is 'http://a.example', Host is ''; they must name", Refusal(request), StringComparison.Ordinal);
    }

    private static string? Refusal(HttpRequest request) => new SameSite(Options.Create(new ActionTracingWebOptions())).Refusal(request);

    [Fact]
    public void Options_WithoutAListOfOrigins_AreRefusedWithTheFix()
    {
        var validator = new WebOptionsValidator();
        Assert.Equal(
            ["AllowedOrigins is null; it must be a list of origins. Leave it out to allow none."],
            validator.Validate(null, new ActionTracingWebOptions { AllowedOrigins = null! }).Failures); // on purpose
        Assert.True(validator.Validate(null, new ActionTracingWebOptions()).Succeeded);
    }

    [NginxTheory]
    [InlineData("", false, false, false)] // nginx's defaults: the host behind it sees the name of the upstream
    [InlineData("", true, false, true)]
    [InlineData("proxy_set_header Host $http_host;", false, false, true)]
    [InlineData("proxy_set_header X-Forwarded-Host $http_host;", false, false, false)]
    [InlineData("proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;", false, true, true)]
    public async Task Kill_ThroughNginxOnPlainHttp_NeedsOneOfTheDocumentedSettings(string settings, bool allows, bool forwards, bool reaches)
    {
        int port = Nginx.FreePort();
        string origin = $"http://127.0.0.1:{port}";
        await using DashboardHost app = await StartAsync(allows ? [origin] : [], forwards ? UseForwardedHost : null);
        await using Nginx nginx = await Nginx.StartAsync(app.Address, port, settings);
        using HttpResponseMessage response = await KillAsync(new Uri(nginx.Address, "/action-tracing/api/"), origin, host: null);
        Assert.Equal(reaches ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(reaches, app.Flags.GetFlag("checkout")!.Emergency is not null);
        if (!reaches)
            Assert.Equal(
                $"Write from another origin denied: Origin is '{origin}', Host is 'app'; they must name the same host and port. Behind a proxy, keep the Host header "
                + "(nginx: proxy_set_header Host $http_host), use forwarded headers (UseForwardedHeaders with XForwardedHost and the proxy's address), or add the origin that the browser shows to AllowedOrigins in AddAspNetCore.",
                await DetailAsync(response));
    }

    [Theory]
    [InlineData("*", "Write for example 'https://ops.example.com'.")]
    [InlineData("https://*.example.com", "Write for example 'https://ops.example.com'.")]
    [InlineData("ops.example.com", "Write for example 'https://ops.example.com'.")]
    [InlineData("ftp://ops.example.com", "Write for example 'https://ops.example.com'.")]
    [InlineData("", "Write for example 'https://ops.example.com'.")]
    [InlineData(null, "Write for example 'https://ops.example.com'.")]
    [InlineData("https://Ops.example.com/", "Write 'https://ops.example.com'.")]
    [InlineData("https://ops.example.com/action-tracing", "Write 'https://ops.example.com'.")]
    [InlineData(" https://ops.example.com:8443", "Write 'https://ops.example.com:8443'.")]
    [InlineData("https://ops.example.com:443/action-tracing?x#y", "Write 'https://ops.example.com'.")]
    public async Task Start_WithAnAllowedOriginThatIsNone_FailsAndNamesTheFix(string? entry, string fix)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(allowed: ["https://good.example", entry!]));
        Assert.Equal(
            [$"AllowedOrigins has '{entry ?? "null"}'; it must be an exact origin, scheme://host[:port] of http or https, without a path and without a wildcard. {fix}"],
            exception.Failures);
    }

    private static Task<DashboardHost> StartAsync(IReadOnlyList<string> allowed, Action<WebApplication>? pipeline = null) =>
        DashboardHost.StartAsync(environment: "Production", pipeline: pipeline, web: web => web.AllowedOrigins = allowed);

    private static void UseForwardedHost(WebApplication app) => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedFor });

    private static async Task<HttpResponseMessage> KillAsync(Uri api, string origin, string? host, params (string Name, string Value)[] others)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api, "flags/checkout/emergency")) { Content = new StringContent("""{"reason":"x"}""", Encoding.UTF8, "application/json") };
        request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("Origin", origin);
        foreach ((string name, string value) in others.Concat(DashboardHost.As("olga", "staff,operators").Select(header => (header.Key, header.Value))))
            request.Headers.Add(name, value);
        return await client.SendAsync(request);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response) => (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!;
}
