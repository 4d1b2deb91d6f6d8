using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>
/// Loads the stored state before traffic, within <c>defaultTimeout</c>, and polls the store while the host runs. A host
/// may call any of this twice.
/// </summary>
internal sealed partial class StoreSync(
    StoreSynchronizer synchronizer,
    StoreLock storeLock,
    FirstRead first,
    StorePolling polling,
    IActionTracingStoreStatus status,
    IFlagCatalogSource configuration,
    TimeProvider time,
    ILogger<StoreSync> logger)
    : IHostedLifecycleService
{
    private bool _read;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _read = true;
        if (!status.Current.IsDurable)
            LogNotDurable();
        Task sync = polling.CallAsync(synchronizer.SyncAsync, cancellationToken);
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
        synchronizer.Follow();
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await polling.StopAsync(cancellationToken).ConfigureAwait(false);
        await polling.CallAsync(_ => synchronizer.LeaveAsync(), CancellationToken.None).ConfigureAwait(false);
        if (!storeLock.IsDisposed && status.Current is { OutboxChanges: > 0 } or { OutboxAuditEntries: > 0 })
            LogLost(status.Current.OutboxChanges, status.Current.OutboxAuditEntries);
    }

    [LoggerMessage(EventIds.NotDurable, LogLevel.Warning,
        "Changes of flags at run time are kept in memory and are lost when the host stops. Add a durable store, for example UseSqlite.",
        EventName = "NotDurable")]
    private partial void LogNotDurable();

    [LoggerMessage(EventIds.ChangesLost, LogLevel.Critical,
        "The host stops, and its outbox is lost because it could not be stored: {Changes} changes that were in force, "
        + "and {Entries} audit entries of "
        + "configuration.", EventName = "ChangesLost")]
    private partial void LogLost(int changes, int entries);
}
