using FeatureManagement.ActionTracing.Rollouts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>A host on a real port, over a real file that tests edit.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    public const string Shop =
        """
        {
          "ActionTracing": {
            "featureFlags": {
              "checkout": { "description": "Pay in one step", "type": "percentage", "state": "rollout", "percentage": 25, "whitelist": [ "alice" ], "groups": [ "staff" ] },
              "checkout_wallets": { "description": "Wallets in the one step", "type": "percentage", "state": "canary", "percentage": 2.5, "parent": "checkout" },
              "checkout_gifts": { "type": "boolean", "state": "enabled", "parent": "checkout" },
              "product_layout": { "description": "The layout of the product list", "type": "multivariate", "state": "enabled", "variants": { "grid": { "weight": 1 }, "list": { "weight": 3 } },
                "experiment": { "control": "list", "primaryMetric": "bought", "metrics": { "bought": { "kind": "binary" } } } },
              "recommendations": { "description": "From the new model", "type": "percentage", "state": "rollout", "percentage": 60 },
              "search_synonyms": { "type": "boolean", "state": "disabled" }
            }
          }
        }
        """;

    private readonly WebApplication _app;
    private readonly TempDirectory _directory;
    private int _customers;

    private DashboardHost(WebApplication app, TempDirectory directory) => (_app, _directory) = (app, directory);

    /// <summary>The dashboard's address.</summary>
    public Uri Address => new(_app.Urls.First() + "/action-tracing/");

    public IFeatureFlagManager Flags => Get<IFeatureFlagManager>();

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<DashboardHost> StartAsync(string settings = Shop, string environment = "Development", Action<WebApplication>? pipeline = null, string prefix = "/action-tracing",
        Action<ActionTracingWebOptions>? web = null, Action<WebApplicationBuilder>? services = null)
    {
        var directory = new TempDirectory();
        directory.Write("appsettings.json", settings);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = directory.Path, ApplicationName = "Shop" });
        builder.Configuration.KeepLastGoodJson();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthentication(TestUser.Name).AddScheme<AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("Staff", policy => policy.RequireRole("staff"))
            .AddPolicy("Operators", policy => policy.RequireRole("operators"))
            .AddPolicy("OnCall", policy => policy.RequireRole("operators", "on-call"));
        builder.Services.AddFeatureManagement()
            .WithActionTracing(tracing => tracing.AddAspNetCore(options =>
            {
                (options.ReadPolicy, options.WritePolicy) = ("Staff", "Operators");
                web?.Invoke(options);
            }));
        services?.Invoke(builder);
        WebApplication app = builder.Build();
        pipeline?.Invoke(app);
        app.UseRouting();
        app.MapActionTracing(prefix);
        await app.StartAsync();
        return new DashboardHost(app, directory);
    }

    /// <summary>Checks a rollout before and after traffic in which one of so many exposed customers fails.</summary>
    public async Task WatchAsync(string flag, int customers, int oneFailureIn = int.MaxValue)
    {
        await Get<RolloutLoop>().TickAsync(default);
        for (int i = 1; i <= customers; i++)
        {
            using TracedAction action = Get<IActionTracer>().StartAction("order");
            if (Flags.IsEnabled(flag, new FeatureFlagContext { UserId = $"customer-{_customers++}" }) && i % oneFailureIn == 0)
                action.Fail(errorType: "broken");
        }
        await Get<RolloutLoop>().TickAsync(default);
    }

    public static KeyValuePair<string, string>[] As(string name, string roles) => [new(TestUser.NameHeader, name), new(TestUser.RolesHeader, roles)];

    public void Edit(string settings) => _directory.Write("appsettings.json", settings);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _directory.Dispose();
    }
}
