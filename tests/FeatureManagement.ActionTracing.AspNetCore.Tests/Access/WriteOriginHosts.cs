using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Access;

/// <summary>Two applications that the cases of <see cref="WriteOriginTests"/> use, one request after another.</summary>
public sealed class WriteOriginHosts : IAsyncLifetime
{
    /// <summary>Over plain http.</summary>
    internal DashboardHost Http { get; private set; } = null!; // InitializeAsync comes first

    /// <summary>Behind a proxy that ended TLS.</summary>
    internal DashboardHost Https { get; private set; } = null!; // InitializeAsync comes first

    public async Task InitializeAsync()
    {
        Http = await StartAsync("http://Ops.Example", pipeline: null);
        Https = await StartAsync(
            "http://ops.example",
            app => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto }));
    }

    public async Task DisposeAsync()
    {
        await Http.DisposeAsync();
        await Https.DisposeAsync();
    }

    /// <summary>Whether the flag <c>checkout</c> was shut down; if so, that has ended now.</summary>
    internal static async Task<bool> EndAsync(DashboardHost app)
    {
        if (app.Flags.GetFlag("checkout")!.Emergency is null) // it is configured
            return false;
        await app.Flags.ClearEmergencyAsync("checkout", new FlagChange("test", "The next case begins."));
        return true;
    }

    private static Task<DashboardHost> StartAsync(string allowed, Action<WebApplication>? pipeline) =>
        DashboardHost.StartAsync(environment: "Production", pipeline: pipeline, web: web => web.AllowedOrigins = [allowed]);
}
