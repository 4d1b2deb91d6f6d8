using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>Reads changes of other instances and writes the outbox, every <c>storePollInterval</c>. Thread-safe.</summary>
internal sealed partial class StorePolling(
    BoundedStore store, IFlagCatalogSource configuration, TimeProvider time,
    ILogger<StorePolling> logger) : PeriodicService(time)
{
    // However rarely changes by others are asked for, a kill that could not be written is tried again as often.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time;
    private readonly Lock _gate = new();
    private Func<CancellationToken, Task>? _sync;
    private bool _hasEnded;
    private long _polledAt;

    protected override TimeSpan Period
    {
        get
        {
            TimeSpan interval = configuration.Catalog.Settings.StorePollInterval;
            if (interval < Longest)
                return interval;
            return Longest;
        }
    }

    /// <summary>Starts, unless it was started or has ended.</summary>
    /// <param name="sync">What each poll calls.</param>
    public void Start(Func<CancellationToken, Task> sync)
    {
        lock (_gate)
        {
            if (_sync is not null || _hasEnded)
                return;
            _sync = sync;
            _polledAt = _time.GetTimestamp();
            _ = StartAsync(CancellationToken.None); // only starts the loop
        }
    }

    /// <summary>Ends for good. A poll that runs is waited for.</summary>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        End();
        return base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        End();
        base.Dispose();
    }

    /// <summary>Calls, and reports a failure that the store has not reported.</summary>
    public Task CallAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => TryAsync(
        async token =>
        {
            await call(token).ConfigureAwait(false);
            if (store.Current.SyncError is not null)
                store.Update(report => report with { SyncError = null });
        },
        cancellationToken);

    protected override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        // An outbox entry does not wait for the next poll, and a poll does not wait for a timer that is a little early.
        bool isIdle = store.Current is { OutboxChanges: 0, OutboxAuditEntries: 0, Error: null };
        if (isIdle && _time.GetElapsedTime(_polledAt) < configuration.Catalog.Settings.StorePollInterval - (Period / 2))
            return;
        _polledAt = _time.GetTimestamp();
        await CallAsync(_sync!, stoppingToken).ConfigureAwait(false); // set before the start
    }

    protected override void OnFailure(Exception exception, bool isFirst)
    {
        if (exception is FlagChangeException or StoreException)
            return; // the store has reported it
        string error = $"Changes cannot be exchanged with the store: {exception.Message}";
        // One line per cause: it is tried again and again.
        if (store.Current.SyncError == error)
            return;
        store.Update(report => report with { SyncError = error });
        LogSyncFailed(exception.Message, exception);
    }

    private void End()
    {
        lock (_gate)
            _hasEnded = true;
    }

    [LoggerMessage(EventIds.SyncFailed, LogLevel.Error,
        "Changes cannot be exchanged with the store, and the store is not the cause: {Error}. Each poll tries again.",
        EventName = "SyncFailed")]
    private partial void LogSyncFailed(string error, Exception exception);
}
