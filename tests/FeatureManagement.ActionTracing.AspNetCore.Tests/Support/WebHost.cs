using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>A web application with action tracing, without watchers of files, and with callers from wherever a test says.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebHost(WebApplication app, HttpClient client) => (_app, Client) = (app, client);

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<WebHost> StartAsync(
        string environment = "Production",
        IPAddress? caller = null,
        Action<ActionTracingWebOptions>? web = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        Action<IApplicationBuilder>? pipeline = null,
        Action<IFeatureManagementBuilder>? features = null,
        Dictionary<string, string?>? configuration = null,
        Action<HttpClient>? client = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(configuration ?? Flags);
        builder.Services.AddRouting();
        services?.Invoke(builder.Services);
        IFeatureManagementBuilder management = builder.Services.AddFeatureManagement();
        features?.Invoke(management);
        management.WithActionTracing(tracing => tracing.AddAspNetCore(web));
        WebApplication app = builder.Build();
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = caller ?? IPAddress.Parse("203.0.113.7");
            return next(context);
        });
        pipeline?.Invoke(app);
        app.UseRouting();
        if (app.Services.GetService<Microsoft.AspNetCore.Authorization.IAuthorizationService>() is not null && app.Services.GetService<Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider>() is not null)
        {
            app.UseAuthentication();
            app.UseAuthorization();
        }
        (map ?? (target => target.MapActionTracing("/action-tracing")))(app);
        await app.StartAsync();
        HttpClient http = app.GetTestClient();
        http.BaseAddress = new Uri("http://localhost/action-tracing/");
        client?.Invoke(http);
        return new WebHost(app, http);
    }

    /// <summary>One whose caller is Olga, an operator, and that is closed to everybody else.</summary>
    public static Task<WebHost> StartForOperatorAsync() => StartAsync(
        web: web => (web.ReadPolicy, web.WritePolicy) = ("Operators", "Operators"),
        services: services =>
        {
            services.AddAuthentication(TestUser.Name).AddScheme<AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
            services.AddAuthorizationBuilder().AddPolicy("Operators", policy => policy.RequireRole("operators"));
        },
        client: client =>
        {
            client.DefaultRequestHeaders.Add(TestUser.NameHeader, "olga");
            client.DefaultRequestHeaders.Add(TestUser.RolesHeader, "operators");
        });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static readonly Dictionary<string, string?> Flags = new()
    {
        ["ActionTracing:featureFlags:checkout:type"] = "percentage",
        ["ActionTracing:featureFlags:checkout:state"] = "rollout",
        ["ActionTracing:featureFlags:checkout:percentage"] = "0.5",
        ["ActionTracing:featureFlags:checkout:description"] = "Pay faster",
        ["ActionTracing:featureFlags:checkout:whitelist:0"] = "alice",
        ["ActionTracing:featureFlags:checkout:groups:staff"] = "true",
        ["ActionTracing:featureFlags:layout:type"] = "multivariate",
        ["ActionTracing:featureFlags:layout:state"] = "enabled",
        ["ActionTracing:featureFlags:layout:parent"] = "checkout",
        ["ActionTracing:featureFlags:layout:variants:grid:weight"] = "1",
        ["ActionTracing:featureFlags:layout:variants:list:weight"] = "3",
        ["ActionTracing:featureFlags:新 功能?:type"] = "boolean",
        ["ActionTracing:featureFlags:新 功能?:state"] = "enabled",
    };
}
