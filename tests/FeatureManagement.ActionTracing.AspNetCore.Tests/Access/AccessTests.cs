using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Access;

/// <summary>Every route for every kind of caller.</summary>
public class AccessTests
{
    public static TheoryData<Caller> Callers => [.. Caller.All];

    [Fact]
    public async Task Routes_AllThatAreMapped_StandInTheTable()
    {
        await using WebHost host = await WebHost.StartAsync();
        IEnumerable<string> mapped = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"])
                .Select(method => $"{method} {endpoint.RoutePattern.RawText!["/action-tracing".Length..].TrimStart('/')}"));
        Assert.Equal(Route.All.Select(route => route.ToString()).Order(), mapped.Order());
    }

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Call_EveryRoute_AnswersAsTheTableSays(Caller caller)
    {
        await using WebHost host = await caller.StartAsync();
        foreach (Route route in Route.All)
        {
            using HttpResponseMessage response = await SendAsync(host, caller, route);
            int? expected = route.IsWrite ? caller.Write : caller.Read;
            if (expected is null)
            {
                Assert.False(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{caller}, {route}: {response.StatusCode}");
                continue;
            }
            Assert.True(expected == (int)response.StatusCode, $"{caller}, {route}: {response.StatusCode}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal(expected, (int)(await response.Content.ReadFromJsonAsync<JsonObject>())!["status"]!);
        }
    }

    public static TheoryData<Route> Writes => [.. Route.All.Where(route => route.IsWrite)];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Write_ToEveryRoute_NeedsJsonThatIsNotTooLong(Route route)
    {
        await using WebHost host = await Caller.All.Single(caller => caller.Name == "operator").StartAsync();
        foreach ((string type, int length, HttpStatusCode expected) in ((string, int, HttpStatusCode)[])
            [("application/x-www-form-urlencoded", 10, HttpStatusCode.UnsupportedMediaType), ("text/plain", 10, HttpStatusCode.UnsupportedMediaType), ("application/json", 10_000_000, HttpStatusCode.RequestEntityTooLarge)])
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path) { Content = new StringContent($$"""{"reason":"{{new string('x', length)}}"}""", Encoding.UTF8, type) };
            request.Headers.Add(TestUser.NameHeader, "olga");
            request.Headers.Add(TestUser.RolesHeader, "staff,operators");
            using HttpResponseMessage response = await host.Client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task Call_UnderAPathBaseAndInAGroup_KeepsTheRule()
    {
        await using WebHost host = await WebHost.StartAsync(
            web: web => web.ReadPolicy = "Staff",
            pipeline: app => app.UsePathBase("/shop"),
            map: app => app.MapGroup("/admin").MapActionTracing("/tracing"));
        using HttpResponseMessage response = await host.Client.GetAsync("/shop/admin/tracing/api/flags");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void Map_WithoutAddAspNetCore_SaysWhatIsMissing()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        WebApplication app = builder.Build();
        var exception = Assert.Throws<InvalidOperationException>(() => app.MapActionTracing("/action-tracing"));
        Assert.Contains("AddAspNetCore()", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(WebHost host, Caller caller, Route route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path);
        request.Headers.Host = caller.Host;
        foreach ((string name, string value) in caller.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (route.IsWrite)
            request.Content = new StringContent(route.Body ?? "{}", Encoding.UTF8, "application/json");
        // An event stream has no end.
        return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
