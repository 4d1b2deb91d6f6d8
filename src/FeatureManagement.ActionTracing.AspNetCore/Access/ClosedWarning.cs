using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Says once, when the application has started, that what it mapped is closed to everybody: from outside that looks like a mistake of whoever asks.</summary>
internal sealed partial class ClosedWarning(IHostEnvironment environment, CallerAccess access, ILogger<ClosedWarning> logger, EndpointDataSource? endpoints = null) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment() || endpoints is null)
            return Task.CompletedTask;
        // The page stands for its group: all of it has one rule.
        foreach (RouteEndpoint page in endpoints.Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<OpenedByPeople>() is not null))
            if (page.Metadata.GetMetadata<AccessRule>() is { } rule && Enum.GetValues<AccessRight>().All(right => access.IsClosed(rule, right)))
                LogClosed(page.RoutePattern.RawText?.TrimEnd('/'));
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventIds.NoPolicies, LogLevel.Warning, "Everything below {Prefix} is closed to everybody: neither ReadPolicy nor WritePolicy is set. Name policies in AddAspNetCore(web => …).", EventName = "NoPolicies")]
    private partial void LogClosed(string? prefix);
}
