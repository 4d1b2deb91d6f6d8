using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>Reads what others changed and writes what is pending, every <c>storePollInterval</c>, from its start until its end. Thread-safe.</summary>
internal sealed partial class StorePolling(BoundedStore store, IFlagCatalogSource configuration, TimeProvider time, ILogger<StorePolling> logger) : IDisposable
{
    // However rarely changes by others are asked for, a kill that could not be written is tried again as often.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private Task? _polling;

    /// <summary>Starts, unless it was started or has ended.</summary>
    /// <param name="sync">What is called at each poll.</param>
    public void Start(Func<CancellationToken, Task> sync)
    {
        lock (_gate)
            if (_polling is null && !_ending.IsCancellationRequested)
                _polling = Task.Run(() => PollAsync(sync, _ending.Token));
    }

    /// <summary>Ends for good. What runs is waited for.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        if (_polling is { } polling)
            await Task.WhenAny(polling, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Calls, and reports what is not the store's fault.</summary>
    public async Task TryAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call(cancellationToken).ConfigureAwait(false);
            if (store.Current.SyncError is not null)
                store.Update(report => report with { SyncError = null });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (FlagChangeException)
        {
            // The store has reported it.
        }
#pragma warning disable CA1031 // An exception that escapes stops the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            string error = $"Changes cannot be exchanged with the store: {exception.Message}";
            // One line per cause: it is tried again and again.
            if (store.Current.SyncError == error)
                return;
            store.Update(report => report with { SyncError = error });
            LogSyncFailed(exception.Message, exception);
        }
    }

    // It has no timer or handle of its own to give back, and a poll may still ask.
    public void Dispose()
    {
        lock (_gate)
            _ending.Cancel();
    }

    private async Task PollAsync(Func<CancellationToken, Task> sync, CancellationToken ending)
    {
        using var timer = new PeriodicTimer(Tick(), time);
        long last = time.GetTimestamp();
        while (await timer.NextAsync(ending).ConfigureAwait(false))
        {
            timer.Period = Tick();
            // What waits to be written does not wait for the next poll, and a poll does not wait for a timer that is a little early.
            if (store.Current is { Pending: 0, PendingEntries: 0, Error: null } && time.GetElapsedTime(last) < configuration.Catalog.Settings.StorePollInterval - (timer.Period / 2))
                continue;
            last = time.GetTimestamp();
            await TryAsync(sync, ending).ConfigureAwait(false);
        }

        TimeSpan Tick() => configuration.Catalog.Settings.StorePollInterval is var poll && poll < Longest ? poll : Longest;
    }

    [LoggerMessage(EventIds.SyncFailed, LogLevel.Error,
        "Changes cannot be exchanged with the store, and the store is not the cause: {Error}. Each poll tries again.", EventName = "SyncFailed")]
    private partial void LogSyncFailed(string error, Exception exception);
}
