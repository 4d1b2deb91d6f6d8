using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Builder;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

public class FlagEndpointTests
{
    [Fact]
    public async Task GetFlag_AsConfigured_HasTheTicketsSpelling()
    {
        await using WebHost host = await StartAsync();
        JsonObject flag = await GetAsync(host, "api/flags/CHECKOUT");
        Assert.Equal(
            """{"name":"checkout","type":"percentage","state":"rollout","percentage":0.5,"enabled":true,"description":"Pay faster","whitelist":["alice"],"whitelistCount":1,"groups":["staff"],"groupsCount":1,"source":"configuration","version":0,"stored":true}""",
            Without(flag, "lastModified", "etag").ToJsonString());
        Assert.True(DateTimeOffset.TryParse((string)flag["lastModified"]!, out _));
        using HttpResponseMessage response = await host.Client.GetAsync("api/flags/checkout");
        Assert.Equal(response.Headers.ETag!.Tag, (string)flag["etag"]!);

        JsonObject layout = await GetAsync(host, "api/flags/layout");
        Assert.Equal("""{"grid":1,"list":3}""", layout["variants"]!.ToJsonString());
        Assert.Equal("checkout", (string)layout["parent"]!);
    }

    [Theory]
    [InlineData("GET", "api/flags/it's", "Flag 'it's' not found.")]
    [InlineData("GET", "api/flag", "Endpoint 'GET api/flag' not found.")]
    [InlineData("GET", "api/flags/checkout/evaluate/all", "Endpoint 'GET api/flags/checkout/evaluate/all' not found.")]
    [InlineData("PUT", "api/flags", "Endpoint 'PUT api/flags' not found.")]
    public async Task Call_OfNothing_IsAProblemInPlainWords(string method, string path, string detail)
    {
        await using WebHost host = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Contains($"\"detail\":\"{detail}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // What is not escaped for a page must not be taken for one.
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task GetFlags_All_ListsBuiltInOnesToo()
    {
        await using WebHost host = await StartAsync();
        JsonArray flags = (await host.Client.GetFromJsonAsync<JsonArray>("api/flags"))!;
        Assert.Equal(
            ["action_tracing_enabled", "checkout", "emergency_shutdown", "layout", "performance_monitoring", "trace_output_enabled", "trace_verbosity_test", "verbose_tracing", "新 功能?"],
            flags.Select(flag => (string)flag!["name"]!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("userId=alice", true, "whitelisted")]
    [InlineData("sessionId=alice", true, "whitelisted")]
    [InlineData("userId=bob&groups=staff", true, "group_listed")]
    [InlineData("userId=bob&groups=beta,staff", true, "group_listed")]
    [InlineData("userId=bob&groups=beta&groups=staff", true, "group_listed")]
    [InlineData("userId=bob", false, "outside_percentage")]
    [InlineData("", false, "outside_percentage")]
    public async Task Evaluate_AContext_SaysWhy(string query, bool enabled, string reason)
    {
        await using WebHost host = await StartAsync();
        JsonObject answer = await GetAsync(host, "api/flags/checkout/evaluate?" + query);
        Assert.Equal((enabled, reason, "configuration"), ((bool)answer["enabled"]!, (string)answer["reason"]!, (string)answer["stateSource"]!));
    }

    [Theory]
    [InlineData("""{"userId":"alice"}""", true, "whitelisted")]
    [InlineData("""{"userId":"nobody","groups":["beta, staff"]}""", true, "group_listed")]
    [InlineData("""{"userId":"nobody","groups":[]}""", false, "outside_percentage")]
    [InlineData("", false, "outside_percentage")]
    public async Task Evaluate_ByPost_KeepsTheIdsOutOfTheAddress(string body, bool enabled, string reason)
    {
        await using DashboardHost host = await DashboardHost.StartAsync(environment: "Production", settings: DashboardHost.Shop.Replace("\"percentage\": 25", "\"percentage\": 0.0001", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach ((string name, string value) in DashboardHost.As("ruth", "staff")) // a user who may read
            client.DefaultRequestHeaders.Add(name, value);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync("api/flags/checkout/evaluate", content);
        JsonObject answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal((enabled, reason), ((bool)answer["enabled"]!, (string)answer["reason"]!));
    }

    [Fact]
    public async Task Head_WhereGetAnswers_HasTheSameStatusAndNoBody()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach (Access.Route route in Access.Route.All.Where(route => route.Method == "GET"))
        {
            using var ask = new HttpRequestMessage(HttpMethod.Head, route.Path);
            using HttpResponseMessage head = await client.SendAsync(ask);
            using HttpResponseMessage get = await client.GetAsync(route.Path, HttpCompletionOption.ResponseHeadersRead);
            Assert.True((get.StatusCode, get.Headers.ETag?.Tag, get.Content.Headers.ContentType?.MediaType) == (head.StatusCode, head.Headers.ETag?.Tag, head.Content.Headers.ContentType?.MediaType), $"{route}: {head}");
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Evaluate_Variant_NamesItAndWhoDecided()
    {
        await using WebHost host = await StartAsync();
        Assert.Contains((string)(await GetAsync(host, "api/flags/layout/evaluate?userId=alice"))["variant"]!, (string[])["grid", "list"]);
        JsonObject off = await GetAsync(host, "api/flags/layout/evaluate?userId=bob");
        Assert.Equal(("parent_off", "checkout"), ((string)off["reason"]!, (string)off["decidedBy"]!));
    }

    [Theory]
    [InlineData("api/flags/chekout", "Flag 'chekout' not found. Did you mean 'checkout'?")]
    [InlineData("api/flags/something else", "Flag 'something else' not found.")]
    [InlineData("api/flags/chekout/evaluate", "Flag 'chekout' not found. Did you mean 'checkout'?")]
    public async Task Get_UnknownName_SuggestsTheNearest(string path, string detail)
    {
        await using WebHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(detail, (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }

    [Fact]
    public async Task Get_NameInAnyScript_IsFound()
    {
        await using WebHost host = await StartAsync();
        Assert.True((bool)(await GetAsync(host, "api/flags/" + Uri.EscapeDataString("新 功能?")))["enabled"]!);
    }

    private static Task<WebHost> StartAsync() => WebHost.StartAsync(map: app => app.MapActionTracing("/action-tracing").AllowAnonymous());

    private static async Task<JsonObject> GetAsync(WebHost host, string path) => (await host.Client.GetFromJsonAsync<JsonObject>(path))!;

    private static JsonObject Without(JsonObject from, params string[] fields)
    {
        var rest = (JsonObject)from.DeepClone();
        foreach (string field in fields)
            rest.Remove(field);
        return rest;
    }
}
