using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>Reading and verifying the audit over HTTP.</summary>
public class AuditEndpointTests
{
    [Fact]
    public async Task Audit_AfterChanges_SaysWhoDidWhatAndWhy()
    {
        await using WebHost host = await StartAsync();
        await ChangeAsync(host);
        JsonArray entries = await GetAsync<JsonArray>(host, "api/audit?flag=CHECKOUT");
        Assert.Equal(["emergency", "updated"], entries.Select(entry => (string)entry!["action"]!));
        JsonNode update = entries[1]!;
        Assert.Equal(("checkout", "olga", "it goes well", "api"), ((string)update["flag"]!, (string)update["actor"]!, (string)update["reason"]!, (string)update["source"]!));
        Assert.Equal((0.5m, 10m), ((decimal)update["before"]!["percentage"]!, (decimal)update["after"]!["percentage"]!));
        Assert.Equal((string)update["hash"]!, (string)entries[0]!["previousHash"]!);
    }

    [Fact]
    public async Task Audit_BeforeAndTake_LeafThroughPages()
    {
        await using WebHost host = await StartAsync();
        await ChangeAsync(host);
        JsonNode newest = Assert.Single(await GetAsync<JsonArray>(host, "api/audit?take=1"))!;
        JsonNode next = Assert.Single(await GetAsync<JsonArray>(host, $"api/audit?take=1&before={(long)newest["number"]!}"))!;
        Assert.Equal(("emergency", "updated"), ((string)newest["action"]!, (string)next["action"]!));
        Assert.Empty(await GetAsync<JsonArray>(host, $"api/audit?before={(long)next["number"]!}"));
    }

    [Theory]
    [InlineData("api/audit?flag=layout", 0)]
    [InlineData("api/audit?source=code", 1)]
    [InlineData("api/audit?source=API", 2)]
    [InlineData("api/audit?source=rollout", 0)]
    [InlineData("api/audit?flag=&source=&before=&take=&actor=&action=&from=&to=", 3)]
    [InlineData("api/audit?actor=olga", 2)]
    [InlineData("api/audit?actor=nobody", 0)]
    [InlineData("api/audit?action=emergency", 1)]
    [InlineData("api/audit?Action=updated&actor=olga", 1)]
    [InlineData("api/audit?from=2020-01-01", 3)]
    [InlineData("api/audit?from=2020-01-01&to=2021-01-01T00:00Z", 0)]
    [InlineData("api/audit?to=2999-01-01T00:00:00.123+01:00", 3)]
    [InlineData("api/audit?from=2999-01-01T00:00:00Z", 0)]
    public async Task Audit_Filters_PickTheirEntries(string path, int count)
    {
        await using WebHost host = await StartAsync();
        await ChangeAsync(host);
        await host.Services.GetRequiredService<IFeatureFlagManager>().ClearEmergencyAsync("checkout", new FlagChange("deploy", "it is back"));
        Assert.Equal(count, (await GetAsync<JsonArray>(host, path)).Count);
    }

    [Fact]
    public async Task Audit_AWrongQuestion_IsRefusedWithEveryFault()
    {
        await using WebHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.GetAsync("api/audit?source=moon&before=x&take=1001");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonObject problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(
            ["source is moon; it must be one of configuration, api, code, rollout, safety.", "before is x; it must be the number of an entry.", "take is 1001; it must be between 1 and 1000."],
            problem["errors"]!.AsArray().Select(error => (string)error!));
    }

    // Ignored, an unknown parameter gives other entries than were asked for.
    [Theory]
    [InlineData("api/audit?actr=olga", "Unknown parameter 'actr'; did you mean 'actor'?")]
    [InlineData("api/audit?since=2026-01-01&flag=checkout", "Unknown parameter 'since'; use one of flag, source, actor, action, from, to, before, take.")]
    [InlineData("api/audit?from=yesterday", "from is yesterday; it must be a time in ISO 8601, such as 2026-11-30T05:00:00Z or 2026-11-30.")]
    [InlineData("api/audit?from=2026-02-01&to=2026-01-01", "from is after to; it must be before it.")]
    [InlineData("api/audit?flag=a&flag=b", "flag is given 2 times; give it once.")]
    [InlineData("api/audit/evaluations?user=alice", "Unknown parameter 'user'; use one of flag, key, before, take.")]
    [InlineData("api/flags/checkout/evaluate?user=alice", "Unknown parameter 'user'; did you mean 'userId'?")]
    [InlineData("api/experiments/layout?fromat=csv", "Unknown parameter 'fromat'; did you mean 'format'?")]
    [InlineData("api/flags?nme=checkout", "Unknown parameter 'nme'; did you mean 'name'?")]
    public async Task Get_WithAParameterThatIsWrong_IsRefusedWithTheRule(string path, string sentence)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage response = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(sentence, (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }

    [Fact]
    public async Task Verify_AsItWasWritten_IsValid()
    {
        await using WebHost host = await StartAsync();
        await ChangeAsync(host);
        JsonObject found = await GetAsync<JsonObject>(host, "api/audit/verify");
        Assert.Equal((true, 2, 2), ((bool)found["valid"]!, (int)found["entries"]!, (int)found["head"]!["number"]!));
        Assert.Null(found["firstInvalid"]);
    }

    [Fact]
    public async Task Verify_AnEditedEntry_IsNamed()
    {
        var audit = new Mock<IAuditLog>();
        audit.Setup(log => log.VerifyAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new AuditVerification { Entries = 6, FirstInvalid = 7, Fault = "Entry 7 was edited.", Head = AuditHead.Empty });
        await using WebHost host = await StartAsync(audit.Object);
        JsonObject found = await GetAsync<JsonObject>(host, "api/audit/verify");
        Assert.Equal((false, 6, 7, "Entry 7 was edited."), ((bool)found["valid"]!, (int)found["entries"]!, (int)found["firstInvalid"]!, (string)found["fault"]!));
    }

    [Theory]
    [InlineData("api/audit")]
    [InlineData("api/audit/verify")]
    public async Task Audit_AStoreThatFails_Is503(string path)
    {
        var failure = new StoreException("The store failed: it is locked.");
        var audit = new Mock<IAuditLog>();
        audit.Setup(log => log.VerifyAsync(It.IsAny<CancellationToken>())).ThrowsAsync(failure);
        audit.Setup(log => log.QueryAsync(It.IsAny<AuditQuery>(), It.IsAny<CancellationToken>())).ThrowsAsync(failure);
        await using WebHost host = await StartAsync(audit.Object);
        using HttpResponseMessage response = await host.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("The store failed: it is locked.", (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!);
    }

    [Fact]
    public async Task Audit_ValuesThatAreNoJson_AreShownAsTheyStand()
    {
        var entry = new AuditEntry { Number = 1, At = default, Action = "updated", Before = "{half", Actor = "olga", Source = ChangeSource.Code, Instance = "here" };
        var audit = new Mock<IAuditLog>();
        audit.Setup(log => log.QueryAsync(It.IsAny<AuditQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync([entry]);
        await using WebHost host = await StartAsync(audit.Object);
        Assert.Equal("{half", (string)Assert.Single(await GetAsync<JsonArray>(host, "api/audit"))!["before"]!);
    }

    [Fact]
    public async Task Evaluations_OfAUser_AreFoundByTheIdAndShownByItsHash()
    {
        var configuration = new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlagSettings:auditFlagEvaluations"] = "true",
            ["ActionTracing:featureFlags:layout:type"] = "multivariate",
            ["ActionTracing:featureFlags:layout:state"] = "enabled",
            ["ActionTracing:featureFlags:layout:variants:grid:weight"] = "1",
        };
        await using WebHost host = await WebHost.StartAsync(map: app => app.MapActionTracing("/action-tracing").AllowAnonymous(), configuration: configuration);
        var flags = host.Services.GetRequiredService<IFeatureFlagManager>();
        await GetAsync<JsonObject>(host, "api/flags/layout/evaluate?userId=carol"); // who was only asked about was given nothing
        flags.GetVariant("layout", new FeatureFlagContext { UserId = "alice" });
        flags.IsEnabled("layout", new FeatureFlagContext { UserId = "bob" });
        JsonArray found = [];
        Eventually.True(() => (found = GetAsync<JsonArray>(host, "api/audit/evaluations?flag=LAYOUT").Result).Count == 2, () => "not written");
        Assert.Equal((true, null), ((bool)found[0]!["enabled"]!, found[0]!["variant"])); // the newest first: bob was given no variant

        Assert.Empty(await GetAsync<JsonArray>(host, "api/audit/evaluations?key=carol"));
        JsonNode alice = Assert.Single(await GetAsync<JsonArray>(host, "api/audit/evaluations?key=alice"))!;
        Assert.Equal(("layout", true, "grid", "enabled", "2bd806c97f0e00af1a1fc3328fa763a9"),
            ((string)alice["flag"]!, (bool)alice["enabled"]!, (string)alice["variant"]!, (string)alice["reason"]!, (string)alice["subject"]!));
        Assert.Empty(await GetAsync<JsonArray>(host, $"api/audit/evaluations?key=alice&before={(long)alice["number"]!}"));
        Assert.Single(await GetAsync<JsonArray>(host, "api/audit/evaluations?take=1"));
        using HttpResponseMessage wrong = await host.Client.GetAsync("api/audit/evaluations?before=x&take=0");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(["before is x; it must be the number of an entry.", "take is 0; it must be between 1 and 1000."],
            (await wrong.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsArray().Select(error => (string)error!));
    }

    private static Task<WebHost> StartAsync(IAuditLog? audit = null) => WebHost.StartAsync(
        services: services =>
        {
            if (audit is not null)
                services.AddSingleton(audit);
        },
        map: app => app.MapActionTracing("/action-tracing").AllowAnonymous());

    private static async Task ChangeAsync(WebHost host)
    {
        IFeatureFlagManager flags = host.Services.GetRequiredService<IFeatureFlagManager>();
        await flags.UpdateFlagAsync("checkout", new FlagUpdate { Percentage = 10 }, new FlagChange("olga", "it goes well", ChangeSource.Api));
        await flags.EmergencyShutdownAsync("checkout", new FlagChange("olga", "orders are lost", ChangeSource.Api));
    }

    private static async Task<T> GetAsync<T>(WebHost host, string path) where T : JsonNode => (await host.Client.GetFromJsonAsync<T>(path))!;
}
