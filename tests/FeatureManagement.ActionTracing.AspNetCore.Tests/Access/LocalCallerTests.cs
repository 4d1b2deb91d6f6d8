using System.Net;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Access;

/// <summary>The Development exception, for real connections from loopback.</summary>
public class LocalCallerTests
{
    [Fact]
    public async Task Development_AHeaderThatNamesAClientOrAProxy_ClosesTheException()
    {
        string[] closing =
        [
            "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Forwarded-For", "X-Original-For", "Via", "CDN-Loop", "X-Real-IP",
            "CF-Connecting-IP", "CF-Connecting-IPv6", "CF-Pseudo-IPv4", "True-Client-IP", "X-Client-IP", "X-Azure-ClientIP", "X-Azure-SocketIP", "X-Envoy-External-Address", "X-Envoy-Downstream-Service-Remote-Address",
            "Fastly-Client-IP", "Fly-Client-IP", "X-Cluster-Client-IP", "X-Appengine-User-IP", "X-ProxyUser-Ip", "WL-Proxy-Client-IP", "Client-IP", "Remote-Addr", "X-Remote-Addr", "REMOTE_ADDR",
            "CloudFront-Viewer-Address", "X-NF-Client-Connection-IP", "DO-Connecting-IP", "X-Coming-From", "Ali-CDN-Real-IP", "X-Vercel-Forwarded-For",
        ];
        Assert.Empty(await AnswersAsync(closing, HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Development_HeadersOfABrowserAndOfTools_LeaveTheExceptionOpen()
    {
        string[] ordinary =
        [
            "Accept-Language", "Cookie", "DNT", "Referer", "Upgrade-Insecure-Requests", "Sec-Fetch-Mode", "Sec-CH-UA-Platform", "X-Requested-With", "traceparent", "Postman-Token", "X-Request-Id", "Priority", "Sec-GPC",
        ];
        Assert.Empty(await AnswersAsync(ordinary, HttpStatusCode.OK));
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost", "HTTP/1.1", true)]
    [InlineData("127.0.0.9", "127.0.0.1:5000", "HTTP/2", true)]
    [InlineData("::1", "[::1]", "HTTP/1.1", true)]
    [InlineData("127.0.0.1", "localhost", "HTTP/1.0", false)]
    [InlineData("127.0.0.1", "evil.example", "HTTP/1.1", false)]
    [InlineData("127.0.0.1", "", "HTTP/1.1", false)]
    [InlineData("10.0.0.1", "localhost", "HTTP/1.1", false)]
    [InlineData("10.0.0.1", "127.0.0.1", "HTTP/1.1", false)]
    [InlineData("10.0.0.1", "[::1]", "HTTP/1.1", false)]
    [InlineData(null, "localhost", "HTTP/1.1", false)]
    public void Is_ByAddressHostAndProtocol_IsTrueForThisMachineAlone(string? address, string host, string protocol, bool local)
    {
        var context = new DefaultHttpContext();
        if (address is not null)
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString(host);
        context.Request.Protocol = protocol;
        context.Request.Headers.Cookie = "a=b";
        Assert.Equal(local, LocalCaller.Is(context));
        context.Request.Headers["X-Original-Host"] = "a";
        Assert.False(LocalCaller.Is(context));
    }

    [NginxTheory]
    [InlineData("proxy_set_header Connection '';")]
    [InlineData("proxy_set_header Host $http_host;")]
    [InlineData("")]
    public async Task Development_ThroughAProxyThatSendsNoHeaderOfItsOwn_ClosesTheException(string settings)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await using Nginx nginx = await Nginx.StartAsync(host.Address, settings: settings + " proxy_http_version 1.0;", upstream: host.Address.Authority);
        using var client = new HttpClient();
        using HttpResponseMessage response = await client.GetAsync(new Uri(nginx.Address, "/action-tracing/api/status"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    /// <summary>The headers that are answered otherwise.</summary>
    private static async Task<List<string>> AnswersAsync(string[] headers, HttpStatusCode expected)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        List<string> others = [];
        foreach (string header in headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/status");
            request.Headers.TryAddWithoutValidation(header, "203.0.113.9");
            using HttpResponseMessage response = await client.SendAsync(request);
            if (response.StatusCode != expected)
                others.Add($"{header}: {response.StatusCode}");
        }
        return others;
    }
}
