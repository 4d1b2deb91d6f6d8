using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>
/// Reads a durable store for the first time, where an evaluation comes before the host has read it. So stored
/// emergencies are in force with every kind of host. All first evaluations wait for the same read, at most
/// <c>defaultTimeout</c>. Thread-safe.
/// </summary>
internal sealed partial class FirstRead(
    StoreRefresher refresher,
    StoreSynchronizer synchronizer,
    BoundedStore store,
    SnapshotSource source,
    StorePolling polling,
    IFlagCatalogSource configuration,
    ILogger<FirstRead> logger) : IStoredState
{
    private static readonly AsyncLocal<bool> IsReading = new();

    private readonly Lock _gate = new();
    private Task? _read;
    private bool _ended;

    /// <summary>Waits until the stored state is known or cannot be known.</summary>
    public void Wait()
    {
        if (!store.Current.IsDurable)
        {
            source.Serve();
            return;
        }
        if (refresher.IsLoaded)
        {
            End();
            return;
        }
        // What the store itself evaluates cannot wait for the store.
        if (IsReading.Value)
            return;
        Task read;
        lock (_gate)
            read = _read ??= Start();
        read.Wait(configuration.Catalog.Settings.DefaultTimeout);
        End();
    }

    /// <summary>The stored state is known, or evaluations go on without it: that is said, once.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }
        if (!refresher.IsLoaded)
            LogNotLoaded(store.Current.Error
                ?? store.Current.SyncError
                ?? $"The store did not answer within {configuration.Catalog.Settings.DefaultTimeout}.");
        source.Serve();
        synchronizer.Follow();
    }

    // On a thread of its own: evaluations may have taken all threads of the pool, and they wait.
    private Task Start() => Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read()
    {
        IsReading.Value = true;
        polling.CallAsync(refresher.LoadAsync, CancellationToken.None).GetAwaiter().GetResult();
    }

    [LoggerMessage(EventIds.NotLoaded, LogLevel.Critical,
        "The stored state could not be read, so stored emergencies are not known yet. Flags are as configured, and "
        + "rollouts are on hold until the store "
        + "answers. {Error}", EventName = "NotLoaded")]
    private partial void LogNotLoaded(string error);
}
