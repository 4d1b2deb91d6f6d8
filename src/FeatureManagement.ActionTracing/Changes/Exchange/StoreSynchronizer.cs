using FeatureManagement.ActionTracing.Changes.Edits;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>Exchanges changes with the store: what others changed comes in, the outbox goes out. Thread-safe.</summary>
internal sealed class StoreSynchronizer(
    StoreLock storeLock,
    StoreRefresher refresher,
    Outbox outbox,
    InstanceRegistry instances,
    Reconciler reconciler,
    ContentTimes contents,
    BoundedStore store,
    StorePolling polling)
{
    /// <summary>Exchanges changes at every poll, from now on.</summary>
    public void Follow() => polling.Start(SyncAsync);

    /// <summary>
    /// The same for a durable store, where no host does it: for an application that changes flags without ever
    /// evaluating one.
    /// </summary>
    public void FollowDurable()
    {
        if (store.Current.IsDurable)
            Follow();
    }

    /// <summary>Exchanges changes once.</summary>
    /// <exception cref="FlagChangeException">A write failed.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        using IDisposable releaser = await storeLock.EnterAsync(cancellationToken).ConfigureAwait(false);
        await refresher.RefreshAsync_NeedsLock().ConfigureAwait(false);
        await outbox.FlushAsync_NeedsLock().ConfigureAwait(false); // first, because it may hold an emergency
        await instances.RegisterAsync_NeedsLock().ConfigureAwait(false);
        await reconciler.ReconcileAsync_NeedsLock().ConfigureAwait(false);
        await outbox.FlushAsync_NeedsLock().ConfigureAwait(false);
        await contents.SyncAsync_NeedsLock().ConfigureAwait(false);
        await store.ProbeAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Stores the outbox and deregisters this instance. It is tried once; each call to the store has its bound.</summary>
    /// <exception cref="FlagChangeException">A write failed.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task LeaveAsync()
    {
        if (storeLock.IsDisposed)
            return;
        using IDisposable releaser = await storeLock.EnterAsync(CancellationToken.None).ConfigureAwait(false);
        // An emergency that the store has lost is stored again, and no later poll would do it.
        await refresher.RefreshAsync_NeedsLock().ConfigureAwait(false);
        await outbox.FlushAsync_NeedsLock().ConfigureAwait(false);
        await instances.DeregisterAsync_NeedsLock().ConfigureAwait(false);
    }
}
