using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// Warns once, after the application has started, where no policy is set for a mapped group. From a 401 alone a caller
/// cannot know this.
/// </summary>
internal sealed partial class MissingPolicyWarning(
    IHostEnvironment environment,
    CallerAccess access,
    ILogger<MissingPolicyWarning> logger,
    EndpointDataSource? endpoints = null) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment() || endpoints is null)
            return Task.CompletedTask;
        // All endpoints of a group have one rule, so the page stands for the group.
        foreach (RouteEndpoint page in endpoints.Endpoints.OfType<RouteEndpoint>().Where(IsPage))
            if (page.Metadata.GetMetadata<AccessRule>() is { } rule && IsClosed(rule))
                LogClosed(page.RoutePattern.RawText?.TrimEnd('/'));
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsClosed(AccessRule rule) => Enum.GetValues<AccessRight>().All(right => access.IsClosed(rule, right));

    private static bool IsPage(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<BrowserPage>() is not null;

    [LoggerMessage(
        EventIds.NoPolicies,
        LogLevel.Warning,
        "Access to all endpoints below {Prefix} is denied: neither ReadPolicy nor WritePolicy is set. "
            + "Set them in AddAspNetCore(web => …).",
        EventName = "NoPolicies")]
    private partial void LogClosed(string? prefix);
}
