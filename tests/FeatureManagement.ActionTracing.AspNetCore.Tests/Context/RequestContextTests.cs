using System.Security.Claims;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.AspNetCore.Context;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Context;

/// <summary>Whom flags are evaluated for in a request.</summary>
public class RequestContextTests
{
    [Fact]
    public async Task Context_SignedInUser_IsTheUserWithItsRoles()
    {
        Seen seen = await AskAsync(headers: [(TestUser.NameHeader, "ruth"), (TestUser.RolesHeader, "staff,beta")]);
        Assert.Equal(("ruth", "ruth", "Production"), (seen.First.UserId, seen.First.BucketingKey, seen.First.Environment));
        Assert.Equal(["staff", "beta"], seen.First.Groups);
        Assert.NotNull(seen.First.Timestamp);
    }

    [Fact]
    public async Task Context_GroupClaimType_TakesTheseClaims()
    {
        Seen seen = await AskAsync(web => web.GroupClaimType = ClaimTypes.NameIdentifier, headers: [(TestUser.NameHeader, "ruth"), (TestUser.RolesHeader, "staff")]);
        Assert.Equal(["ruth"], seen.First.Groups);
    }

    [Fact]
    public async Task Context_AnonymousWithoutCookie_IsTheRequest()
    {
        Seen seen = await AskAsync();
        Assert.Equal((null, null, seen.TraceIdentifier), (seen.First.UserId, seen.First.SessionId, seen.First.BucketingKey));
        Assert.Empty(seen.SetCookie);
    }

    [Fact]
    public async Task Context_AnonymousCookie_KeepsTheVisitor()
    {
        static void Web(ActionTracingWebOptions web) => web.AnonymousCookie = new AnonymousCookie { Name = "visitor", Lifetime = TimeSpan.FromDays(1) };
        Seen first = await AskAsync(Web);
        string id = first.First.SessionId!;
        Assert.Equal($"visitor={id}; max-age=86400; path=/; samesite=lax; httponly", Assert.Single(first.SetCookie));

        Seen again = await AskAsync(Web, headers: ("Cookie", "visitor=" + id));
        Assert.Equal(id, again.First.BucketingKey);
        Assert.Empty(again.SetCookie);
        Assert.NotEqual(id, (await AskAsync(Web)).First.SessionId);
    }

    [Theory]
    [InlineData("visitor=")]
    [InlineData("visitor=a b")]
    [InlineData("visitor=%3Cscript%3E")]
    [InlineData("visitor=01234567890123456789012345678901234567890123456789012345678901234")]
    public async Task Context_CookieThatIsNotOurs_IsReplaced(string cookie)
    {
        Seen seen = await AskAsync(web => web.AnonymousCookie = new AnonymousCookie { Name = "visitor" }, headers: ("Cookie", cookie));
        Assert.Equal(32, seen.First.SessionId!.Length);
        Assert.Single(seen.SetCookie);
    }

    [Fact]
    public async Task Context_SignedInUser_GetsNoCookie()
    {
        Seen seen = await AskAsync(web => web.AnonymousCookie = new AnonymousCookie(), headers: (TestUser.NameHeader, "ruth"));
        Assert.Empty(seen.SetCookie);
    }

    [Fact]
    public async Task Context_ResponseHasStarted_SetsNoCookieAndIsTheRequest()
    {
        Seen seen = await AskAsync(web => web.AnonymousCookie = new AnonymousCookie(), late: true);
        Assert.Equal(seen.TraceIdentifier, seen.First.BucketingKey);
    }

    [Fact]
    public async Task Context_WithinARequest_IsMadeOnceUntilTheUserChanges()
    {
        Seen seen = await AskAsync();
        Assert.Same(seen.First, seen.Second);
        Assert.Equal("zoe", seen.AfterSignIn.UserId);
    }

    [Fact]
    public async Task Context_AnotherAnonymousUser_IsTheSameVisitor()
    {
        Seen seen = await AskAsync(web => web.AnonymousCookie = new AnonymousCookie(), next: new ClaimsPrincipal(new ClaimsIdentity()));
        Assert.NotSame(seen.First, seen.AfterSignIn);
        Assert.Equal(seen.First.SessionId, seen.AfterSignIn.SessionId);
        Assert.Single(seen.SetCookie);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Context_Session_IsTakenOnceItHoldsSomething(bool holds)
    {
        string? id = null;
        Seen seen = await AskAsync(session: session =>
        {
            if (holds)
                session.SetString("cart", "1");
            id = session.Id;
        });
        Assert.Equal(holds ? id : null, seen.First.SessionId);
        Assert.Equal(holds ? id : seen.TraceIdentifier, seen.First.BucketingKey);
    }

    [Fact]
    public async Task Context_SignedInByAnyIdentity_IsThatUserAndReadsNoSession()
    {
        var user = new ClaimsPrincipal([
            new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "forged"), new Claim(ClaimTypes.Role, "admins")]), // proves nothing
            new ClaimsIdentity([new Claim("sub", "zoe"), new Claim(ClaimTypes.Role, "staff")], "token"),
        ]);
        var session = new SlowSession();
        FeatureFlagContext context = await OfAsync(new DefaultHttpContext { User = user }, session);
        Assert.Equal(("zoe", null), (context.UserId, context.SessionId));
        Assert.Equal(["staff"], context.Groups);
        Assert.Equal(0, session.Loads);
    }

    [Fact]
    public async Task Context_SessionFarAway_IsLoadedOnceAndWithoutBlocking()
    {
        var request = new DefaultHttpContext();
        var session = new SlowSession();
        Task<FeatureFlagContext> first = OfAsync(request, session);
        Task<FeatureFlagContext> second = OfAsync(request, session); // parallel work of the same request
        Assert.False(first.IsCompleted || second.IsCompleted);
        session.Loaded.SetResult();
        Assert.Equal("far", (await first).SessionId);
        Assert.Same(await first, await second);
        Assert.Equal(1, session.Loads);
    }

    [Fact]
    public async Task Context_SessionThatCannotBeLoaded_IsTheRequest()
    {
        var request = new DefaultHttpContext { TraceIdentifier = "t" };
        var session = new SlowSession();
        session.Loaded.SetException(new IOException("no cache"));
        Assert.Equal("t", (await OfAsync(request, session)).BucketingKey);
    }

    [Fact]
    public async Task Context_OutsideARequest_IsNone()
    {
        await using WebHost host = await WebHost.StartAsync();
        Assert.Null(await host.Services.GetRequiredService<IFallbackContext>().GetContextAsync());
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Context_AccessorOfTheApplication_WinsInAnyOrder(string order)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:ours:type"] = "whitelist",
            ["ActionTracing:featureFlags:ours:state"] = "canary",
            ["ActionTracing:featureFlags:ours:whitelist:0"] = "mallory",
        });
        IFeatureManagementBuilder features = builder.Services.AddFeatureManagement();
        if (order == "before")
            features.WithTargeting<Mallory>();
        features.WithActionTracing(tracing => tracing.AddAspNetCore());
        if (order == "after")
            features.WithTargeting<Mallory>();
        await using WebApplication app = builder.Build();
        app.Run(async context => await context.Response.WriteAsync($"{await context.RequestServices.GetRequiredService<IFeatureManager>().IsEnabledAsync("ours")} "
            + context.RequestServices.GetRequiredService<IFeatureFlagManager>().IsEnabled("ours")));
        await app.StartAsync();
        Assert.Equal("True True", await app.GetTestClient().GetStringAsync("/"));
        Assert.IsType<Mallory>(app.Services.GetRequiredService<ITargetingContextAccessor>());
    }

    [Fact]
    public async Task Context_NoHostEnvironment_IsMadeWithoutOne()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging().AddFeatureManagement().WithActionTracing(tracing => tracing.AddAspNetCore());
        await using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IHttpContextAccessor>().HttpContext = new DefaultHttpContext { TraceIdentifier = "t" };
        FeatureFlagContext context = (await provider.GetRequiredService<IFallbackContext>().GetContextAsync())!;
        Assert.Equal(("t", null), (context.RequestId, context.Environment));
    }

    private static async Task<Seen> AskAsync(
        Action<ActionTracingWebOptions>? web = null, bool late = false, ClaimsPrincipal? next = null, Action<ISession>? session = null, params (string Name, string Value)[] headers)
    {
        Seen? seen = null;
        await using WebHost host = await WebHost.StartAsync(
            web: web,
            services: services =>
            {
                services.AddAuthentication(TestUser.Name).AddScheme<AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
                services.AddAuthorization();
                services.AddDataProtection().UseEphemeralDataProtectionProvider();
                services.AddDistributedMemoryCache().AddSession();
            },
            pipeline: app =>
            {
                if (session is not null)
                    app.UseSession();
            },
            map: app => app.MapGet("/ask", async (HttpContext context, IFallbackContext accessor) =>
            {
                session?.Invoke(context.Session);
                if (late)
                    await context.Response.StartAsync();
                var first = (await accessor.GetContextAsync())!;
                var second = (await accessor.GetContextAsync())!;
                context.User = next ?? new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "zoe")], "late"));
                seen = new Seen(first, second, (await accessor.GetContextAsync())!, context.TraceIdentifier);
            }));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ask");
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return seen! with { SetCookie = response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies) ? [.. cookies] : [] };
    }

    private static async Task<FeatureFlagContext> OfAsync(HttpContext request, ISession session)
    {
        request.Features.Set<ISessionFeature>(new SessionFeature { Session = session });
        var accessor = new RequestContext(
            new HttpContextAccessor { HttpContext = request }, Options.Create(new ActionTracingWebOptions()), TimeProvider.System, NullLogger<RequestContext>.Instance);
        return (await accessor.GetContextAsync())!;
    }

    private sealed class SessionFeature : ISessionFeature
    {
        public required ISession Session { get; set; }
    }

    /// <summary>A session on another machine: what asks it before it is loaded would block.</summary>
    private sealed class SlowSession : ISession
    {
        public TaskCompletionSource Loaded { get; } = new();

        public int Loads { get; private set; }

        public bool IsAvailable => Loaded.Task.IsCompletedSuccessfully ? true : throw new InvalidOperationException("This would block.");

        public string Id => "far";

        public IEnumerable<string> Keys => ["cart"];

        public Task LoadAsync(CancellationToken cancellationToken)
        {
            Loads++;
            return Loaded.Task;
        }

        public Task CommitAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Clear() => throw new NotSupportedException();

        public void Remove(string key) => throw new NotSupportedException();

        public void Set(string key, byte[] value) => throw new NotSupportedException();

        public bool TryGetValue(string key, out byte[] value) => throw new NotSupportedException();
    }

    private sealed class Mallory : ITargetingContextAccessor
    {
        public ValueTask<TargetingContext> GetContextAsync() => new(new TargetingContext { UserId = "mallory" });
    }
}
