using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>Flags with whitelists of 100,000 ids, over a real connection.</summary>
public class LongListTests
{
    private const int Ids = 100_000;

    [Fact]
    public async Task Patch_AHundredThousandIds_IsInForce_AndTheListStaysSmall()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        string[] ids = [.. Enumerable.Range(0, Ids).Select(i => $"customer-{i:00000000000000000000000000}")]; // as long as a GUID
        string[] groups = [.. Enumerable.Range(0, 7).Select(i => $"group-{i}")];
        using HttpResponseMessage changed = await PatchAsync(client, new JsonObject { ["whitelist"] = Array(ids), ["groups"] = Array(groups), ["reason"] = "all of last year's customers" });
        Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync());
        Assert.True(host.Flags.IsEnabled("recommendations", new() { UserId = ids[^1] }));

        foreach (string path in (string[])["api/flags", "api/flags?name=Recommendations"])
        {
            string list = await client.GetStringAsync(path);
            Assert.InRange(list.Length, 100, 20_000);
            JsonNode row = JsonNode.Parse(list)!.AsArray().Single(flag => (string)flag!["name"]! == "recommendations")!;
            Assert.Equal((Ids, 7), ((int)row["whitelistCount"]!, (int)row["groupsCount"]!));
            Assert.Equal(ids[..5], row["whitelist"]!.AsArray().Select(id => (string)id!));
            Assert.Equal(groups[..5], row["groups"]!.AsArray().Select(id => (string)id!));
        }
        JsonObject whole = (await client.GetFromJsonAsync<JsonObject>("api/flags/recommendations"))!;
        Assert.Equal((Ids, ids[^1]), ((int)whole["whitelistCount"]!, (string)whole["whitelist"]!.AsArray()[^1]!));

        // A kill answers at once, and so with no more than it must.
        using var reason = new StringContent("""{"reason":"It burns."}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage killed = await client.PostAsync("api/flags/recommendations/emergency", reason);
        Assert.InRange((await killed.Content.ReadAsStringAsync()).Length, 100, 5_000);
    }

    [Theory]
    [InlineData(8 * 1024 * 1024, false, HttpStatusCode.BadRequest)] // read, and not JSON
    [InlineData(8 * 1024 * 1024, true, HttpStatusCode.BadRequest)]
    [InlineData(8 * 1024 * 1024 + 1, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(8 * 1024 * 1024 + 1, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Patch_AsLongAsDocumented_IsRead(int length, bool chunked, HttpStatusCode expected)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Patch, "api/flags/recommendations") { Content = new StringContent(new string('x', length), Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.RequestEntityTooLarge)
            Assert.Equal("Body too large: the limit is 8388608 bytes.", (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static Task<HttpResponseMessage> PatchAsync(HttpClient client, JsonObject body) =>
        client.PatchAsync("api/flags/recommendations", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
}
