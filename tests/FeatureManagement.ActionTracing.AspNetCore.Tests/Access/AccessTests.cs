using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

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
            int? expected = route.IsEmergency ? caller.Emergency : route.IsWrite ? caller.Write : caller.Read;
            if (expected is null)
            {
                Assert.False(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{caller}, {route}: {response.StatusCode}");
                continue;
            }
            Assert.True(expected == (int)response.StatusCode, $"{caller}, {route}: {response.StatusCode}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            if (route.Method != "HEAD")
                Assert.Equal(expected, (int)(await response.Content.ReadFromJsonAsync<JsonObject>())!["status"]!);
        }
    }

    public static TheoryData<Route> Writes => [.. Route.All.Where(route => route.HasBody)];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Write_ToEveryRoute_NeedsJsonThatIsNotTooLong(Route route)
    {
        await using WebHost host = await Caller.All.Single(caller => caller.Name == "operator").StartAsync();
        foreach ((string type, int length, HttpStatusCode expected) in ((string, int, HttpStatusCode)[])
            [("application/x-www-form-urlencoded", 10, HttpStatusCode.UnsupportedMediaType), ("text/plain", 10, HttpStatusCode.UnsupportedMediaType), ("application/json", 10_000_000, route.IsEmergency ? HttpStatusCode.OK : HttpStatusCode.RequestEntityTooLarge)]) // a kill is never refused for its words
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path) { Content = new StringContent($$"""{"reason":"{{new string('x', length)}}"}""", Encoding.UTF8, type) };
            request.Headers.Add(TestUser.NameHeader, "olga");
            request.Headers.Add(TestUser.RolesHeader, "staff,operators");
            using HttpResponseMessage response = await host.Client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
            if (expected == HttpStatusCode.UnsupportedMediaType)
            {
                var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!; // it is a problem
                Assert.Equal("Unsupported content type: it must be application/json.", (string)problem["detail"]!);
            }
        }
    }

    [Theory]
    [InlineData("GET", "api/flags", "ReadPolicy")]
    [InlineData("POST", "api/flags/checkout/reset", "WritePolicy")]
    [InlineData("POST", "api/flags/checkout/emergency", "EmergencyPolicy")]
    public async Task Call_WhereNobodyMay_NamesTheOptionThatIsNotSet(string method, string path, string option)
    {
        foreach ((string name, bool expected) in ((string, bool)[])[("anonymous, no services and no policies", true), ("a user where policies are unset", true), ("anonymous", false), ("another user", false)])
        {
            Caller caller = Caller.All.Single(one => one.Name == name);
            await using WebHost host = await caller.StartAsync();
            using HttpResponseMessage response = await SendAsync(host, caller, new Route(method, path, path));
            Assert.Equal(expected, ((string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!).Contains(option, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Production", null, null, null, false, true)]
    [InlineData("Development", null, null, null, false, false)]
    [InlineData("Production", "Staff", null, null, false, false)]
    [InlineData("Production", null, "Operators", null, false, false)]
    [InlineData("Production", null, null, "OnCall", false, false)]
    [InlineData("Production", null, null, null, true, false)]
    public async Task Start_WithoutAnyPolicy_WarnsThatAllIsClosed(string environment, string? read, string? write, string? emergency, bool open, bool warns)
    {
        await using WebHost host = await WebHost.StartAsync(
            environment,
            web: web => (web.ReadPolicy, web.WritePolicy, web.EmergencyPolicy) = (read, write, emergency),
            services: services => services.AddFakeLogging(),
            map: app =>
            {
                IEndpointConventionBuilder group = app.MapActionTracing("/admin/tracing");
                if (open)
                    group.AllowAnonymous();
            });
        IEnumerable<string> warnings = host.Services.GetFakeLogCollector().GetSnapshot().Where(log => log.Id.Id == 603).Select(log => log.Message);
        Assert.Equal(
            warns ? ["Access to all endpoints below /admin/tracing is denied: neither ReadPolicy nor WritePolicy is set. Set them in AddAspNetCore(web => …)."] : [],
            warnings);
    }

    [Theory]
    [InlineData("ReadPolicy", "")]
    [InlineData("WritePolicy", "")]
    [InlineData("EmergencyPolicy", "")]
    [InlineData("ReadPolicy", " ")]
    [InlineData("WritePolicy", "\t")]
    [InlineData("EmergencyPolicy", " ")]
    public async Task Start_WithABlankPolicy_FailsAndNamesTheFix(string option, string name)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => WebHost.StartAsync(web: web => SetPolicy(web, option, name)));
        Assert.Equal(
            [$"{option} is '{name.Replace("\t", "\\t", StringComparison.Ordinal)}'; it must be the name of a policy of AddAuthorization(), which is not blank. To set no policy, leave it null."],
            exception.Failures);
    }

    // A blank name would ask for any signed-in user.
    [Theory]
    [InlineData("ReadPolicy", "GET", "api/flags")]
    [InlineData("WritePolicy", "POST", "api/flags/checkout/reset")]
    [InlineData("EmergencyPolicy", "POST", "api/flags/checkout/emergency")]
    public async Task Call_WithAPolicyThatIsBlankAfterStart_IsRefusedForEverybody(string option, string method, string path)
    {
        Caller caller = Caller.All.Single(one => one.Name == "operator");
        await using WebHost host = await caller.StartAsync();
        SetPolicy(host.Services.GetRequiredService<IOptions<ActionTracingWebOptions>>().Value, option, "");
        using HttpResponseMessage response = await SendAsync(host, caller, new Route(method, path, path));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static void SetPolicy(ActionTracingWebOptions web, string option, string? name) =>
        typeof(ActionTracingWebOptions).GetProperty(option)!.SetValue(web, name);

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

    [Theory]
    [InlineData(AccessRight.Read, "Reads are denied: ReadPolicy is not set in AddAspNetCore.")]
    [InlineData(AccessRight.Write, "Writes are denied: WritePolicy is not set in AddAspNetCore.")]
    [InlineData(AccessRight.Emergency, "Emergencies are denied: neither EmergencyPolicy nor WritePolicy is set in AddAspNetCore.")]
    internal void Missing_ARight_NamesTheOptions(AccessRight right, string message) => Assert.Equal(message, AccessMessages.Missing(right));

    [Theory]
    [InlineData(AccessRight.Read, "", false, "Reading flags needs the requirements of the mapped group.")]
    [InlineData(AccessRight.Read, "", true, "Reading flags needs the requirements of the mapped group.")]
    [InlineData(AccessRight.Write, "A", false, "Changing flags needs the policy 'A'.")]
    [InlineData(AccessRight.Write, "A", true, "Changing flags needs the policy 'A' and the requirements of the mapped group.")]
    [InlineData(AccessRight.Emergency, "A B", false, "Shutting a flag down needs the policies 'A' and 'B'.")]
    [InlineData(
        AccessRight.Emergency, "A B", true, "Shutting a flag down needs the policies 'A' and 'B' and the requirements of the mapped group.")]
    internal void Needed_PoliciesAndTheGroup_AreNamed(AccessRight right, string policies, bool others, string message) =>
        Assert.Equal(message, AccessMessages.Needed(right, policies.Split(' ', StringSplitOptions.RemoveEmptyEntries), others));

    [Theory]
    [InlineData("GET", false, AccessRight.Read)]
    [InlineData("HEAD", false, AccessRight.Read)]
    [InlineData("POST", true, AccessRight.Write)]
    [InlineData("PATCH", true, AccessRight.Write)]
    [InlineData("GET POST", true, AccessRight.Write)]
    internal void RequiredRight_OfMethods_IsToWriteWhereThereIsABody(string methods, bool hasBody, AccessRight right)
    {
        var http = new HttpMethodMetadata(methods.Split(' '));
        Assert.Equal((hasBody, right), (RequiredRight.HasWriteMethod([http]), RequiredRight.Of([http])));
        Assert.Equal(AccessRight.Read, RequiredRight.Of([http, RequiredRight.Emergency, RequiredRight.Read])); // the last one decides
        Assert.Equal(AccessRight.Emergency, RequiredRight.Of([RequiredRight.Emergency, http]));
        Assert.Equal((false, AccessRight.Read), (RequiredRight.HasWriteMethod([]), RequiredRight.Of([])));
    }

    /// <summary>Metadata that authorizes an endpoint, at the first and at the last place.</summary>
    [Fact]
    public void AccessRule_OfAnEndpoint_TakesAllThatAuthorizesIt()
    {
        var endpoint = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/"), 0);
        AuthorizationPolicy policy = new AuthorizationPolicyBuilder().RequireRole("staff").Build();
        object[] metadata = [new AllowAnonymousAttribute(), new AuthorizeAttribute("A"), "kept", policy, new NeedsAdmins()];
        foreach (object one in metadata)
            endpoint.Metadata.Add(one);
        AccessRule rule = AccessRule.Take(endpoint);
        Assert.Equal(["kept", rule], endpoint.Metadata);
        Assert.Equal((true, false, "A"), (rule.AllowsAnonymous, rule.IsEmpty, Assert.Single(rule.Required).Policy));
        Assert.Equal(2, rule.Policies.Count);
        Assert.Same(policy, rule.Policies[0]);
        Assert.IsType<RolesAuthorizationRequirement>(Assert.Single(rule.Policies[1].Requirements));

        var open = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/"), 0);
        AccessRule none = AccessRule.Take(open);
        Assert.Equal((false, true, 0, 0), (none.AllowsAnonymous, none.IsEmpty, none.Required.Count, none.Policies.Count));
    }

    /// <summary>What the group requires, the options, and for which rights every caller is denied.</summary>
    [Theory]
    [InlineData("", null, null, null, "Read Write Emergency")]
    [InlineData("", "A", null, null, "Write Emergency")]
    [InlineData("", null, "A", null, "Read")]
    [InlineData("", null, null, "A", "Read Write")]
    [InlineData("", "", "A", "A", "Read")]
    [InlineData("", "A", "A", " ", "Emergency")]
    [InlineData("anonymous", null, null, null, "Write Emergency")]
    [InlineData("required", null, null, null, "Write Emergency")]
    [InlineData("policy", null, null, null, "Write Emergency")]
    public void IsClosed_ByGroupAndOptions_IsTrueWhereNobodyCanMeetAPolicy(
        string group, string? read, string? write, string? emergency, string closed)
    {
        CallerAccess access = AccessOf(read, write, emergency);
        AccessRule rule = RuleOf(group);
        Assert.Equal(closed, string.Join(' ', Enum.GetValues<AccessRight>().Where(right => access.IsClosed(rule, right))));
    }

    [Theory]
    [InlineData("", "Denied. Reading flags needs the policy 'A'.")]
    [InlineData("required", "Denied. Reading flags needs the policy 'A' and the requirements of the mapped group.")]
    [InlineData("policy", "Denied. Reading flags needs the policy 'A' and the requirements of the mapped group.")]
    [InlineData("named", "Denied. Reading flags needs the policies 'G' and 'A'.")]
    [InlineData("same", "Denied. Reading flags needs the policy 'A'.")]
    public void Explain_ByGroupAndOption_NamesEachPolicyOnce(string group, string message)
    {
        Assert.Equal(message, AccessOf("A", null, null).Explain(RuleOf(group), AccessRight.Read, "Denied."));
        Assert.Equal(
            "Denied. Writes are denied: WritePolicy is not set in AddAspNetCore.",
            AccessOf("A", null, null).Explain(RuleOf(group), AccessRight.Write, "Denied."));
    }

    private static CallerAccess AccessOf(string? read, string? write, string? emergency)
    {
        var options = new ActionTracingWebOptions { ReadPolicy = read, WritePolicy = write, EmergencyPolicy = emergency };
        return new CallerAccess(new HostingEnvironment(), Options.Create(options), NullLogger<CallerAccess>.Instance);
    }

    private static AccessRule RuleOf(string group)
    {
        var endpoint = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/"), 0);
        object? metadata = group switch
        {
            "anonymous" => new AllowAnonymousAttribute(),
            "required" => new AuthorizeAttribute(),
            "policy" => new AuthorizationPolicyBuilder().RequireRole("staff").Build(),
            "named" => new AuthorizeAttribute("G"),
            "same" => new AuthorizeAttribute("A"),
            _ => null,
        };
        if (metadata is not null)
            endpoint.Metadata.Add(metadata);
        return AccessRule.Take(endpoint);
    }

    [Theory]
    [InlineData(false, 600, "authorization services are missing")]
    [InlineData(true, 601, "an authorization policy does not exist")]
    public async Task Call_OfAnApplicationThatLacksSomething_IsDeniedAndLogged(bool hasServices, int id, string cause)
    {
        await using WebHost host = await WebHost.StartAsync(
            web: web => web.ReadPolicy = "Typo",
            services: services =>
            {
                services.AddFakeLogging();
                if (hasServices)
                    services.AddAuthorization().AddAuthentication();
            });
        using HttpResponseMessage response = await host.Client.GetAsync("api/flags");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        string logged = Assert.Single(host.Services.GetFakeLogCollector().GetSnapshot(), log => log.Id.Id == id).Message;
        Assert.Contains(cause, logged, StringComparison.Ordinal);
    }

    private sealed class NeedsAdmins : IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new RolesAuthorizationRequirement(["admins"])];
    }

    private static async Task<HttpResponseMessage> SendAsync(WebHost host, Caller caller, Route route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method is "*" ? "GET" : route.Method), route.Path);
        request.Headers.Host = caller.Host;
        foreach ((string name, string value) in caller.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (route.HasBody)
            request.Content = new StringContent(route.Body ?? "{}", Encoding.UTF8, "application/json");
        // An event stream has no end.
        return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
