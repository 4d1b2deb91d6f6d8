using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>A kill over HTTP is never refused for its words, through a real server.</summary>
public sealed class EmergencyWordsTests : IAsyncLifetime, IDisposable
{
    private DashboardHost _host = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await DashboardHost.StartAsync();
        _client = new HttpClient { BaseAddress = _host.Address };
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("", "no reason given")]
    [InlineData("{}", "no reason given")]
    [InlineData("""{"reason":null}""", "no reason given")]
    [InlineData("""{"reason":" \n"}""", "no reason given")]
    [InlineData("""{"reason":"a\u0000b"}""", "a\uFFFDb (characters replaced)")]
    [InlineData("""{"reason":"a\ud800b\\\udc00\uD83D\uDE00"}""", "a\uFFFDb\\\uFFFD\U0001F600")]
    [InlineData("{\"reason\":\"p99\nat\t9 s\r\n\"}", "p99 at 9 s  ")] // raw
    [InlineData("{\"reason\":\"a\0b\u001bc\u001fd\"}", "a b c d")] // raw
    [InlineData("""{"reason":"\x1b[31mC:\pay\u12\'"}""", "\\x1b[31mC:\\pay\\u12\\'")]
    [InlineData("""{"reason":"a\\nb\u00e4\"\/\xZ"}""", "a\\nb\u00e4\"/\\xZ")]
    [InlineData("{\"reason\":\"a\\\nb\"}", "a\\ b")] // a backslash before a raw line break
    [InlineData("\u00ef\u00bb\u00bf{\"reason\":\"b\"}", "b")] // a byte order mark
    [InlineData("\u00ef\u00bb\u00bf", "no reason given")]
    [InlineData("\r\n", "no reason given")]
    [InlineData("{\"reason\":\"\u00e4x\"}", "\uFFFDx")] // Latin-1, which is not UTF-8
    public async Task Emergency_AnyReason_IsInForceAndRecorded(string body, string recorded)
    {
        (HttpStatusCode status, JsonObject answer) = await PostAsync("emergency", body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(_host.Flags.IsEnabled("checkout_gifts"));
        Assert.Equal(recorded, (string)answer["flag"]!["emergency"]!["reason"]!);
        Assert.Equal(recorded, (string)(await _client.GetFromJsonAsync<JsonArray>("api/audit?take=1"))![0]!["reason"]!);
    }

    [Theory]
    [InlineData(1_001, "… (cut from 1001 characters)")]
    [InlineData(900_000, "… (cut from 900000 characters)")]
    [InlineData(9_000_000, "(a reason of more than 1048576 bytes, which was not read)")]
    public async Task Emergency_AReasonOfAnyLength_IsCutAndSaysSo(int length, string end)
    {
        (HttpStatusCode status, JsonObject answer) = await PostAsync("emergency", $$"""{"reason":"{{new string('x', length)}}"}""");
        Assert.Equal((HttpStatusCode.OK, true), (status, (bool)answer["stored"]!));
        string reason = (string)answer["flag"]!["emergency"]!["reason"]!;
        Assert.EndsWith(end, reason, StringComparison.Ordinal);
        Assert.True(reason.Length <= FlagChange.MaxLength);
        Assert.Equal(length < 1_000_000, answer["note"] is not null);
    }

    [Fact]
    public async Task Emergency_AnUnreadableIfMatch_IsNotChecked()
    {
        _client.DefaultRequestHeaders.TryAddWithoutValidation("If-Match", "\"abc\"");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("emergency", """{"reason":"x"}""")).Status);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"resaon":"x"}""")]
    public async Task Emergency_NoBodyOfAReason_IsABadRequest(string body)
    {
        (HttpStatusCode status, JsonObject answer) = await PostAsync("emergency", body);
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid body: it must be empty or a JSON object with the field reason, a text."), (status, (string)answer["detail"]!));
    }

    [Theory]
    [InlineData("reset", """{"reason":"a\u0000b"}""")]
    [InlineData("reset", """{"reason":"a\ud800b"}""")]
    [InlineData("emergency/clear", """{"reason":"a\u0000b"}""")]
    [InlineData("rollout", """{"reason":"a\u0000b"}""")]
    [InlineData("rollout/rollback", """{"reason":"a\u0000b"}""")]
    public async Task OtherChanges_U0000_Are400(string change, string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(change, body)).Status);

    [Fact]
    public async Task Patch_U0000InAnId_Is400()
    {
        using var content = new StringContent("""{"whitelist":["a\u0000"],"reason":"x"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PatchAsync(new Uri("api/flags/recommendations", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("U+0000", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonObject Answer)> PostAsync(string change, string body)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await _client.PostAsync(new Uri("api/flags/checkout_gifts/" + change, UriKind.Relative), content);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>())!);
    }
}
