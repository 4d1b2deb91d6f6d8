using System.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.AspNetCore;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Integration;

/// <summary>
/// An application over Kestrel with users who sign in, ordinary flags and, where it has a position, action tracing. Without that, it is the
/// reference for what Microsoft.FeatureManagement does.
/// </summary>
internal sealed class ShopHost : IAsyncDisposable
{
    public static readonly string[] AllAccessors = ["Microsoft's", "caching", "ours", "none", "scoped", "asynchronous", "throwing"];
    public static readonly string[] Positions = ["first", "after authentication", "last"];
    public static readonly string[] TracingModes = ["off", "on", "1 %", "switched on", "components by user"];

    private static readonly string[] Flags = ["On", "Off", "Targeted", "Colours", "Loud"];

    // Flags of ours that the settings define, and that are therefore listed.
    private static readonly string[] Configured = ["ours", "action_tracing_enabled", "performance_monitoring", "verbose_tracing"];

    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private readonly int _logged;

    private ShopHost(WebApplication app)
    {
        _app = app;
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
        _logged = Warnings().Length;
    }

    public IServiceProvider Services => _app.Services;

    public IReadOnlyList<string> AccessorCalls => Services.GetRequiredService<AccessorCalls>().All;

    public static async Task<ShopHost> StartAsync(
        string accessor, string? position, string tracing = "off", Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? beforeAuthentication = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.AddFakeLogging();
        builder.Configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Ordinary)));
        builder.Configuration.AddInMemoryCollection(SettingsOf(tracing));
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddRouting();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<AccessorCalls>();
        builder.Services.AddAuthentication(TestUser.Name).AddScheme<AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
        builder.Services.AddAuthorization();
        services?.Invoke(builder.Services);
        IFeatureManagementBuilder features = accessor == "scoped" ? builder.Services.AddScopedFeatureManagement() : builder.Services.AddFeatureManagement();
        if (position is not null)
            features.WithActionTracing(accessor == "ours" ? web => web.AddAspNetCore() : null);
        AddAccessor(builder.Services, features, accessor);
        WebApplication app = builder.Build();
        if (position == "first")
            app.UseActionTracing();
        beforeAuthentication?.Invoke(app);
        app.UseRouting();
        app.UseAuthentication();
        if (position == "after authentication")
            app.UseActionTracing();
        app.UseAuthorization();
        if (app.Services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(ITargetingContextAccessor)) && accessor is "Microsoft's" or "caching" or "ours" or "none")
            app.UseMiddleware<TargetingHttpContextMiddleware>();
        if (position == "last")
            app.UseActionTracing();
        app.MapGet("/ordinary", AskOrdinaryAsync);
        app.MapGet("/gated", () => "open").WithFeatureGate("Targeted");
        app.MapGet("/nothing", () => "nothing");
        app.MapGet("/ours", async (IFeatureManager manager) => $"{await manager.IsEnabledAsync("ours")}");
        await app.StartAsync();
        if (tracing == "switched on" && position is not null)
            await app.Services.GetRequiredService<IFeatureFlagManager>()
                .UpdateFlagAsync("action_tracing_enabled", new FlagUpdate { State = FlagState.Enabled }, new FlagChange("ann", "trace requests"));
        return new ShopHost(app);
    }

    /// <summary>The answer to a request of a user, or of nobody.</summary>
    public async Task<string> GetAsync(string path, string? user, ActivityTraceId trace = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (trace != default)
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        if (user is not null)
            request.Headers.Add(TestUser.NameHeader, user);
        using HttpResponseMessage response = await _client.SendAsync(request);
        string cookies = string.Join(';', response.Headers.Where(header => header.Key == "Set-Cookie").SelectMany(header => header.Value));
        return $"{(int)response.StatusCode} {cookies} {await response.Content.ReadAsStringAsync()}";
    }

    /// <summary>The warnings and errors since the start.</summary>
    public string[] WarningsSinceStart() => Warnings()[_logged..];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private string[] Warnings() => [.. _app.Services.GetFakeLogCollector().GetSnapshot().Where(record => record.Level >= LogLevel.Warning).Select(record => $"{record.Id.Id} {record.Message}")];

    private static void AddAccessor(IServiceCollection services, IFeatureManagementBuilder features, string accessor)
    {
        switch (accessor)
        {
            case "Microsoft's":
                features.WithTargeting();
                break;
            case "caching":
                features.WithTargeting<CachingAccessor>();
                break;
            case "scoped":
                services.AddScoped<ITargetingContextAccessor, ScopedAccessor>();
                break;
            case "asynchronous":
                features.WithTargeting<AsynchronousAccessor>();
                break;
            case "throwing":
                features.WithTargeting<ThrowingAccessor>();
                break;
        }
    }

    /// <summary>Everything that the public interfaces of Microsoft.FeatureManagement say of ordinary flags.</summary>
    private static async Task AskOrdinaryAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        var manager = services.GetRequiredService<IFeatureManager>();
        var variants = services.GetRequiredService<IVariantFeatureManager>();
        var snapshot = services.GetRequiredService<IFeatureManagerSnapshot>();
        var variantSnapshot = services.GetRequiredService<IVariantFeatureManagerSnapshot>();
        var bob = new TargetingContext { UserId = "bob", Groups = ["staff"] };
        var answers = new List<string> { Activity.Current?.GetBaggageItem("Microsoft.TargetingId") ?? "no baggage" };
        foreach (string flag in Flags)
        {
            await SayAsync(flag, async () => await manager.IsEnabledAsync(flag));
            await SayAsync(flag, async () => await manager.IsEnabledAsync(flag, bob));
            await SayAsync(flag, async () => await variants.IsEnabledAsync(flag, CancellationToken.None));
            await SayAsync(flag, async () => await variants.IsEnabledAsync(flag, bob, CancellationToken.None));
            await SayAsync(flag, async () => (await variants.GetVariantAsync(flag, CancellationToken.None))?.Name);
            await SayAsync(flag, async () => (await variants.GetVariantAsync(flag, bob, CancellationToken.None))?.Name);
            await SayAsync(flag, async () => await snapshot.IsEnabledAsync(flag));
            await SayAsync(flag, async () => await snapshot.IsEnabledAsync(flag, bob));
            await SayAsync(flag, async () => await variantSnapshot.IsEnabledAsync(flag, CancellationToken.None));
            await SayAsync(flag, async () => (await variantSnapshot.GetVariantAsync(flag, CancellationToken.None))?.Name);
        }
        foreach (IAsyncEnumerable<string> names in (IAsyncEnumerable<string>[])[
            manager.GetFeatureNamesAsync(), variants.GetFeatureNamesAsync(CancellationToken.None), snapshot.GetFeatureNamesAsync(), variantSnapshot.GetFeatureNamesAsync(CancellationToken.None)])
            answers.Add(string.Join(',', await names.Where(name => !Configured.Contains(name)).OrderBy(name => name).ToListAsync()));
        await context.Response.WriteAsync(string.Join('\n', answers));

        async Task SayAsync(string flag, Func<Task<object?>> ask)
        {
            try
            {
                answers.Add($"{flag}={await ask()}");
            }
            catch (InvalidOperationException exception)
            {
                answers.Add($"{flag}: {exception.Message}");
            }
        }
    }

    private static Dictionary<string, string?> SettingsOf(string tracing)
    {
        const string Flags = "ActionTracing:featureFlags:";
        var settings = new Dictionary<string, string?>
        {
            [Flags + "ours:type"] = "whitelist",
            [Flags + "ours:state"] = "rollout",
            [Flags + "ours:whitelist:0"] = "alice",
        };
        string main = Flags + "action_tracing_enabled:";
        if (tracing is "on" or "1 %" or "components by user")
        {
            settings[main + "type"] = "percentage";
            settings[main + "state"] = tracing == "1 %" ? "rollout" : "enabled";
            settings[main + "percentage"] = "1";
        }
        if (tracing == "components by user")
        {
            settings[Flags + "performance_monitoring:type"] = "percentage";
            settings[Flags + "performance_monitoring:state"] = "rollout";
            settings[Flags + "performance_monitoring:percentage"] = "50";
            settings[Flags + "verbose_tracing:type"] = "multivariate";
            settings[Flags + "verbose_tracing:state"] = "enabled";
            settings[Flags + "verbose_tracing:variants:standard:weight"] = "1";
            settings[Flags + "verbose_tracing:variants:detailed:weight"] = "1";
        }
        return settings;
    }

    private const string Ordinary = """
        {
          "feature_management": {
            "feature_flags": [
              { "id": "On", "enabled": true },
              { "id": "Off", "enabled": false },
              { "id": "Targeted", "enabled": true, "conditions": { "client_filters": [ { "name": "Microsoft.Targeting", "parameters": { "Audience": {
                  "Users": [ "alice" ], "Groups": [ { "Name": "staff", "RolloutPercentage": 100 } ], "DefaultRolloutPercentage": 0 } } } ] } },
              { "id": "Colours", "enabled": true, "variants": [ { "name": "red" }, { "name": "blue" }, { "name": "green" } ],
                "allocation": { "default_when_enabled": "green", "user": [ { "variant": "red", "users": [ "alice" ] } ],
                  "percentile": [ { "variant": "red", "from": 0, "to": 50 }, { "variant": "blue", "from": 50, "to": 100 } ] } },
              { "id": "Loud", "enabled": true, "telemetry": { "enabled": true }, "variants": [ { "name": "red" }, { "name": "blue" } ],
                "allocation": { "default_when_enabled": "red", "percentile": [ { "variant": "red", "from": 0, "to": 50 }, { "variant": "blue", "from": 50, "to": 100 } ] } }
            ]
          }
        }
        """;
}
