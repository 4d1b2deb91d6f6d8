using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// Reads the flags before traffic, so that an invalid configuration stops the host. Then reports wrong registrations.
/// </summary>
internal sealed partial class FlagStartup(IServiceProvider services, ILogger<FlagStartup> logger)
    : BackgroundService, IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<SnapshotSource>();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // In the background, because Microsoft.FeatureManagement takes long to list many features.
    // A provider that fails must not stop the host.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => SafeCall.RunAsync(
        () => CheckRegistrationsAsync(stoppingToken),
        exception =>
        {
            bool hasHostEnded = exception is ObjectDisposedException || !SafeCall.IsFailure(exception, stoppingToken);
            if (!hasHostEnded)
                LogCannotList(exception);
        });

    private async Task CheckRegistrationsAsync(CancellationToken stoppingToken)
    {
        var source = services.GetRequiredService<SnapshotSource>();
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        await CheckComposedAsync(scope.ServiceProvider, source.Current).ConfigureAwait(false);
        await foreach (FeatureDefinition theirs in scope.ServiceProvider.GetInner<IFeatureDefinitionProvider>()
            .GetAllFeatureDefinitionsAsync().WithCancellation(stoppingToken).ConfigureAwait(false))
        {
            stoppingToken.ThrowIfCancellationRequested(); // the provider of Microsoft.FeatureManagement does not check it
            if (theirs?.Name is { } name && source.Current.TryFind(name, out _))
                LogDefinedTwice(ForeignText.Quote(name));
        }
    }

    // A provider or manager that is registered later hides our flags from Microsoft.FeatureManagement.
    private async Task CheckComposedAsync(IServiceProvider scope, FlagSnapshot snapshot)
    {
        if (snapshot.Names is [var any, ..]
            && (await scope.GetRequiredService<IFeatureDefinitionProvider>().GetFeatureDefinitionAsync(any).ConfigureAwait(false) is null
                || scope.GetRequiredService<IFeatureManager>() is FeatureManager
                || scope.GetRequiredService<IVariantFeatureManager>() is FeatureManager))
            LogNotComposed();
    }

    [LoggerMessage(EventIds.DefinedTwice, LogLevel.Warning,
        "Flag '{Flag}' is defined both under ActionTracing and in Microsoft.FeatureManagement; the definition "
        + "under ActionTracing is used. Remove one of the two.",
        EventName = "DefinedTwice")]
    private partial void LogDefinedTwice(string flag);

    [LoggerMessage(EventIds.CannotList, LogLevel.Warning,
        "The features of Microsoft.FeatureManagement cannot be listed; flags that are defined twice are not "
        + "reported.",
        EventName = "CannotList")]
    private partial void LogCannotList(Exception exception);

    [LoggerMessage(EventIds.NotComposed, LogLevel.Error,
        "IFeatureDefinitionProvider, IFeatureManager or IVariantFeatureManager was registered again after "
        + "WithActionTracing(), so Microsoft.FeatureManagement does not see every flag under ActionTracing. Call "
        + "WithActionTracing() last.",
        EventName = "NotComposed")]
    private partial void LogNotComposed();
}
