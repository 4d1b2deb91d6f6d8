namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>
/// One conversation with the store at a time, so that changes are written in order. The store is called under it
/// (docs/architecture.md, "Lock order").
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    /// <summary>Whether the container has ended, and the store with it.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Takes the lock. Disposing the result releases it.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Releaser(_semaphore);
    }

    // The semaphore stays usable: a call may still hold it.
    public void Dispose() => IsDisposed = true;

    private sealed class Releaser(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
