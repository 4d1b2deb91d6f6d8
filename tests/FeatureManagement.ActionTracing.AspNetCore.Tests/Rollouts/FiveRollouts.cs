using System.Net;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.AspNetCore;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Rollouts;

/// <summary>An application on Kestrel with five rollouts at once, two healthy and three broken, and nothing set up but the flags.</summary>
internal sealed class FiveRollouts : IAsyncDisposable
{
    /// <summary>A healthy page behind a gate.</summary>
    public const string Gated = "gated_page";

    /// <summary>A healthy page that shows a link to a page behind a gate.</summary>
    public const string Linked = "linked_page";

    /// <summary>A page behind a gate that always throws.</summary>
    public const string Throwing = "throwing_page";

    /// <summary>A page without a gate: one request in five that is exposed hangs, until its client gives up.</summary>
    public const string Hanging = "hanging_page";

    /// <summary>A gRPC service that fails when exposed.</summary>
    public const string Grpc = "grpc_service";

    public static readonly string[] Healthy = [Gated, Linked];

    public static readonly string[] All = [Gated, Linked, Throwing, Hanging, Grpc];

    private readonly WebApplication _app;

    private FiveRollouts(WebApplication app) => _app = app;

    public Uri Http1 => new(_app.Urls.First());

    public Uri Http2 => new(_app.Urls.Last());

    private IRolloutManager Manager => _app.Services.GetRequiredService<IRolloutManager>();

    public static async Task<FiveRollouts> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Configuration.AddInMemoryCollection(All.SelectMany(flag => (KeyValuePair<string, string?>[])
        [
            new($"ActionTracing:featureFlags:{flag}:type", "percentage"),
            new($"ActionTracing:featureFlags:{flag}:state", "disabled"),
        ]).Append(new("ActionTracing:featureFlagSettings:safetyInterval", "00:00:00.5")).Append(new("ActionTracing:featureFlagSettings:progressionInterval", "00:00:00.5")));
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        builder.Services.AddGrpc();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<ITargetingContextAccessor, HeaderUser>();
        builder.Services.AddFeatureManagement().WithActionTracing();
        WebApplication app = builder.Build();
        app.UseActionTracing();
        Map(app);
        await app.StartAsync();
        var five = new FiveRollouts(app);
        foreach (string flag in All)
            await five.Manager.StartAsync(flag, new FlagChange("ada", "a test"), PlanOf(flag));
        return five;
    }

    public RolloutStatus StatusOf(string flag) => Manager.GetStatus(flag)!;

    private static void Map(WebApplication app)
    {
        app.MapGet("/gated", async () => await Task.Delay(5)).WithFeatureGate(Gated);
        app.MapGet("/", async (IFeatureManagerSnapshot features) =>
        {
            await Task.Delay(3);
            return await features.IsEnabledAsync(Linked) ? "link" : "home";
        });
        app.MapGet("/beta", async () => await Task.Delay(25)).WithFeatureGate(Linked);
        app.MapGet("/throwing", IResult () => throw new InvalidOperationException("broken")).WithFeatureGate(Throwing);
        app.MapGet("/hanging", async (IFeatureManagerSnapshot features, HttpContext context) =>
        {
            await Task.Delay(3);
            if (await features.IsEnabledAsync(Hanging) && Random.Shared.Next(5) == 0)
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        app.MapGrpcService<FailingService>();
    }

    // At 50 % for all of its time, and until enough users were seen, however slow the machine is.
    private static RolloutConfig PlanOf(string flag) => new()
    {
        Type = RolloutType.Stepped,
        Checkpoints = [100],
        StartPercentage = 50,
        Duration = TimeSpan.FromSeconds(6),
        SafetyThresholds = new SafetyThresholds { MinimumSamples = 600 },
        Alpha = Healthy.Contains(flag) ? 0.001 : new RolloutConfig().Alpha,
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class FailingService(IFeatureManagerSnapshot features) : Checkout.CheckoutBase
    {
        public override async Task<PayReply> Pay(PayRequest request, global::Grpc.Core.ServerCallContext context) =>
            await features.IsEnabledAsync(Grpc) ? throw new InvalidOperationException("broken") : new PayReply();
    }
}
