using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>Changing flags over HTTP.</summary>
public class ChangeEndpointTests
{
    [Fact]
    public async Task Patch_AValidUpdate_IsInForceWithTheNextRequest()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        JsonObject flag = await OkAsync(host, HttpMethod.Patch, "api/flags/checkout", """{"state":"enabled","whitelist":["bob"],"reason":"launch"}""");
        Assert.Equal(("enabled", "override", true), ((string)flag["state"]!, (string)flag["source"]!, (long)flag["version"]! > 0));
        Assert.Equal("""["bob"]""", flag["whitelist"]!.ToJsonString());
        JsonObject answer = (await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout/evaluate?userId=zoe"))!;
        Assert.Equal((true, "override"), ((bool)answer["enabled"]!, (string)answer["stateSource"]!));

        JsonObject reset = await OkAsync(host, HttpMethod.Post, "api/flags/checkout/reset", """{"reason":"back"}""");
        Assert.Equal(("rollout", "configuration"), ((string)reset["state"]!, (string)reset["source"]!));
    }

    [Fact]
    public async Task Patch_Weights_ChangeWhoGetsAVariant()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        JsonObject flag = await OkAsync(host, HttpMethod.Patch, "api/flags/layout", """{"variants":{"GRID":9},"reason":"more grids"}""");
        Assert.Equal("""{"grid":9,"list":3}""", flag["variants"]!.ToJsonString());
    }

    [Fact]
    public async Task Emergency_FromCallToClear_IsShownAndHolds()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        JsonObject killed = await OkAsync(host, HttpMethod.Post, "api/flags/checkout/emergency", """{"reason":"card processor down"}""");
        Assert.Equal((2, true), ((int)killed["stopped"]!, (bool)killed["stored"]!)); // the flag and its child
        Assert.Equal(("emergency_off", "card processor down", "olga"), (
            (string)killed["flag"]!["state"]!, (string)killed["flag"]!["emergency"]!["reason"]!, (string)killed["flag"]!["emergency"]!["actor"]!));
        Assert.Equal("emergency", (string)(await host.Client.GetFromJsonAsync<JsonObject>("api/flags/layout/evaluate?userId=alice"))!["reason"]!);

        await RefusedAsync(host, HttpMethod.Patch, "api/flags/checkout", """{"state":"enabled","reason":"no"}""", HttpStatusCode.Conflict,
            "Flag 'checkout' is in emergency; its state and percentage cannot be updated. Clear the emergency first.");
        JsonObject cleared = await OkAsync(host, HttpMethod.Post, "api/flags/checkout/emergency/clear", """{"reason":"it is back"}""");
        Assert.Equal(("rollout", null), ((string)cleared["state"]!, cleared["emergency"]));
        await RefusedAsync(host, HttpMethod.Post, "api/flags/checkout/emergency/clear", """{"reason":"again"}""", HttpStatusCode.Conflict, "Flag 'checkout' is not in emergency.");
    }

    [Theory]
    [InlineData("""{"percentage":140,"state":"emergency_off","reason":"x"}""", "Flag 'checkout': state cannot be updated to 'emergency_off'; use the kill switch instead. Flag 'checkout': percentage is 140; it must be between 0 and 100.")]
    [InlineData("""{"state":"enabeld","reason":"x"}""", "Flag 'checkout': state is enabeld; it must be one of disabled, development, canary, rollout, enabled, emergency_off.")]
    [InlineData("""{"state":"enabled"}""", "Every change needs a reason; say who and why.")]
    [InlineData("""{"state":"enabled","reason":"  "}""", "Every change needs a reason; say who and why.")]
    [InlineData("""{"reason":"x"}""", "Flag 'checkout': the update is empty; give a state, percentage, whitelist, groups or variants.")]
    [InlineData("""{"whitelist":[""],"reason":"x"}""", "Flag 'checkout': whitelist has an empty id; remove it.")]
    [InlineData("""{"variants":{"grid":1},"reason":"x"}""", "Flag 'checkout': it has no variant 'grid'.")]
    public async Task Patch_AWrongUpdate_IsRefusedWithTheRule(string body, string detail)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        await RefusedAsync(host, HttpMethod.Patch, "api/flags/checkout", body, HttpStatusCode.BadRequest, detail);
        Assert.Equal(0, (long)(await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout"))!["version"]!);
    }

    [Theory]
    [InlineData("{", "it must be a JSON object with the fields state, percentage, whitelist, groups, variants, reason.")]
    [InlineData("", "it must be a JSON object with the fields state, percentage, whitelist, groups, variants, reason.")]
    [InlineData("null", "it is null.")]
    [InlineData("[]", "it must be a JSON object with the fields state, percentage, whitelist, groups, variants, reason.")]
    [InlineData("""{"state":1,"reason":"x"}""", "state has the wrong type, or the text after it is not JSON.")]
    [InlineData("""{"whitelist":["a",2],"reason":"x"}""", "whitelist[1] has the wrong type, or the text after it is not JSON.")]
    [InlineData("""{"stat":"enabled","reason":"x"}""", "unknown field 'stat'; did you mean 'state'?")]
    [InlineData("""{"staet":"enabled","reason":"x"}""", "unknown field 'staet'; did you mean 'state'?")]
    [InlineData("""{"colour":"red","reason":"x"}""", "unknown field 'colour'; use one of state, percentage, whitelist, groups, variants, reason.")]
    public async Task Patch_ABodyThatCannotBeRead_IsABadRequest(string body, string what)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        await RefusedAsync(host, HttpMethod.Patch, "api/flags/checkout", body, HttpStatusCode.BadRequest, "Invalid body: " + what);
    }

    [Theory]
    [InlineData("api/flags/chekout", "Flag 'chekout' not found. Did you mean 'checkout'?")]
    public async Task Patch_AnUnknownFlag_SuggestsTheNearest(string path, string detail)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        await RefusedAsync(host, HttpMethod.Patch, path, """{"state":"enabled","reason":"x"}""", HttpStatusCode.NotFound, detail);
    }

    [Fact]
    public async Task Patch_WithIfMatch_IsAppliedToThatVersionOnly()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        using HttpResponseMessage seen = await host.Client.GetAsync("api/flags/checkout");
        string first = seen.Headers.ETag!.Tag;
        await OkAsync(host, HttpMethod.Patch, "api/flags/checkout", """{"percentage":10,"reason":"first"}""", first);
        await RefusedAsync(host, HttpMethod.Patch, "api/flags/checkout", """{"percentage":20,"reason":"second"}""", HttpStatusCode.PreconditionFailed, null, first);
        await OkAsync(host, HttpMethod.Patch, "api/flags/checkout", """{"percentage":20,"reason":"any"}""", "*");
        Assert.Equal(20, (int)(await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout"))!["percentage"]!);
    }

    [Fact]
    public async Task Patch_WithIfMatchAfterAnEditOfConfiguration_IsRefused()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        using HttpResponseMessage seen = await host.Client.GetAsync("api/flags/checkout");
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["ActionTracing:featureFlags:checkout:whitelist:0"] = "bob";
        configuration.Reload();
        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Patch, "api/flags/checkout"), (HttpMethod.Post, "api/flags/checkout/reset") })
            await RefusedAsync(host, method, path, method == HttpMethod.Patch ? """{"percentage":20,"reason":"x"}""" : """{"reason":"x"}""", HttpStatusCode.PreconditionFailed,
                "Flag 'checkout' has changed since it was read. Read it again, and then decide.", seen.Headers.ETag!.Tag);
        await OkAsync(host, HttpMethod.Post, "api/flags/checkout/emergency", """{"reason":"a kill is right for every version of the flag"}""", seen.Headers.ETag!.Tag);
        await OkAsync(host, HttpMethod.Post, "api/flags/checkout/emergency/clear", """{"reason":"and so is its end"}""", seen.Headers.ETag!.Tag);
        using HttpResponseMessage again = await host.Client.GetAsync("api/flags/checkout");
        await OkAsync(host, HttpMethod.Patch, "api/flags/checkout", """{"percentage":20,"reason":"x"}""", again.Headers.ETag!.Tag);
        await OkAsync(host, HttpMethod.Patch, "api/flags/checkout", """{"percentage":30,"reason":"x"}""", $"\"{(long)(await host.Client.GetFromJsonAsync<JsonObject>("api/flags/checkout"))!["version"]!}\""); // the version alone
    }

    // RFC 9110, 8.8.3.2 and 13.1.1: strong comparison, lists, and *.
    [Theory]
    [InlineData("{0}", 200)]
    [InlineData("\"9-x\", {0}", 200)]
    [InlineData("{0}, W/\"9-x\"", 200)]
    [InlineData("\"of another kind\", {0}", 200)]
    [InlineData("*", 200)]
    [InlineData("W/{0}", 412)]
    [InlineData("W/{0}, \"9-x\"", 412)]
    [InlineData("\"of another kind\"", 412)]
    [InlineData("\"abc", 400)]
    [InlineData("abc", 400)]
    [InlineData("*, {0}", 400)]
    public async Task Patch_IfMatch_FollowsTheStandard(string header, int status)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage seen = await client.GetAsync("api/flags/checkout");
        string sent = string.Format(CultureInfo.InvariantCulture, header, seen.Headers.ETag!.Tag);
        foreach ((HttpMethod method, string path, int expected) in ((HttpMethod, string, int)[])
            [(HttpMethod.Post, "api/flags/checkout/reset", status == 200 ? 409 : status), (HttpMethod.Patch, "api/flags/checkout", status), (HttpMethod.Post, "api/flags/checkout/emergency", 200)]) // a kill is right for every version of the flag
        {
            using var request = new HttpRequestMessage(method, path) { Content = new StringContent($$"""{"reason":"x"{{(method == HttpMethod.Patch ? ",\"percentage\":9" : "")}}}""", Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("If-Match", sent);
            using HttpResponseMessage response = await client.SendAsync(request);
            Assert.True(expected == (int)response.StatusCode, $"{method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
        // There is no override to reset: 409 says that the precondition was met.
        Assert.Equal(status == 200 ? 9 : 25, host.Flags.GetFlag("checkout")!.Definition.Percentage);
    }

    [Fact]
    public async Task Patch_SeveralFaults_AreListedOneByOne()
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        using HttpRequestMessage request = Request(HttpMethod.Patch, "api/flags/checkout", """{"state":"enabeld","percentage":140}""");
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            [
                "Flag 'checkout': state is enabeld; it must be one of disabled, development, canary, rollout, enabled, emergency_off.",
                "Flag 'checkout': percentage is 140; it must be between 0 and 100.",
                "Every change needs a reason; say who and why.",
            ],
            (await response.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsArray().Select(error => (string)error!));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Write_AnotherContentType_Is415(string? type)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        using HttpRequestMessage request = Request(HttpMethod.Post, "api/flags/checkout/emergency", """{"reason":"x"}""");
        request.Content!.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_ABodyOfTenMegabytes_Is413(bool chunked)
    {
        await using WebHost host = await WebHost.StartForOperatorAsync();
        using HttpRequestMessage request = Request(HttpMethod.Patch, "api/flags/checkout", $$"""{"reason":"{{new string('x', 10_000_000)}}"}""");
        request.Headers.TransferEncodingChunked = chunked;
        if (chunked)
            request.Content!.Headers.ContentLength = null;
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string body, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return request;
    }

    private static async Task<JsonObject> OkAsync(WebHost host, HttpMethod method, string path, string body, string? ifMatch = null)
    {
        using HttpRequestMessage request = Request(method, path, body, ifMatch);
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer);
        return JsonNode.Parse(answer)!.AsObject();
    }

    private static async Task RefusedAsync(WebHost host, HttpMethod method, string path, string body, HttpStatusCode status, string? detail, string? ifMatch = null)
    {
        using HttpRequestMessage request = Request(method, path, body, ifMatch);
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        if (detail is not null)
            Assert.Equal(detail, (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }
}
