using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Loads the stored state before traffic, within <c>defaultTimeout</c>, and polls the store while the host runs. A host may call any of this twice.</summary>
internal sealed partial class StoreSync(
    FlagControl control, FirstRead first, StorePolling polling, IActionTracingStoreStatus status, IFlagCatalogSource configuration, TimeProvider time, ILogger<StoreSync> logger)
    : IHostedLifecycleService
{
    private bool _read;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _read = true;
        if (!status.Current.IsDurable)
            LogNotDurable();
        Task sync = polling.TryAsync(control.SyncAsync, cancellationToken);
        try
        {
            // Each of its calls has that long; the first one loads, and the others need not be waited for.
            await sync.WaitAsync(configuration.Catalog.Settings.DefaultTimeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // It goes on, and reports what it meets.
        }
        first.End();
    }

    // Older hosts call nothing before this.
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_read)
            await StartingAsync(cancellationToken).ConfigureAwait(false);
        control.Follow();
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await polling.StopAsync(cancellationToken).ConfigureAwait(false);
        await polling.TryAsync(_ => control.LeaveAsync(), CancellationToken.None).ConfigureAwait(false);
        if (!control.IsDisposed && status.Current is { Pending: > 0 } or { PendingEntries: > 0 })
            LogLost(status.Current.Pending, status.Current.PendingEntries);
    }

    [LoggerMessage(EventIds.NotDurable, LogLevel.Warning, "Changes of flags at run time are kept in memory and will not outlive this process. Add a durable store, for example UseSqlite.", EventName = "NotDurable")]
    private partial void LogNotDurable();

    [LoggerMessage(EventIds.ChangesLost, LogLevel.Critical, "The process ends, and what could not be stored is lost: {Pending} changes that were in force, and {Entries} audit entries of configuration.", EventName = "ChangesLost")]
    private partial void LogLost(int pending, int entries);
}
