using System.Threading.Channels;

namespace FeatureManagement.ActionTracing.Diagnostics.Background;

/// <summary>
/// A bounded queue that is written in batches. Adding never waits: an item that finds the queue full is dropped and counted. A batch that
/// could not be written is kept, and is the first of the next flush. Thread-safe.
/// </summary>
/// <param name="capacity">How many items the queue holds.</param>
/// <param name="maxBatch">How many items a batch holds.</param>
#pragma warning disable CA1001 // The gate has no handle to give back, and a host that stops twice flushes after the container has ended.
internal sealed class BatchWriter<T>(int capacity, int maxBatch)
#pragma warning restore CA1001
{
    private readonly Channel<T> _queue = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile List<T>? _batch;
    private long _dropped;
    private long _reported;

    /// <summary>How many items were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>How many items are not written yet.</summary>
    public int Count => _queue.Reader.Count + (_batch?.Count ?? 0);

    /// <summary>Adds an item; false where it was dropped.</summary>
    public bool TryAdd(in T item)
    {
        if (_queue.Writer.TryWrite(item))
            return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>How many items were dropped since the last call of this method.</summary>
    public long TakeDropped()
    {
        long dropped = Dropped;
        return dropped - Interlocked.Exchange(ref _reported, dropped);
    }

    /// <summary>Writes everything that was added before the call.</summary>
    public async Task FlushAsync(Func<IReadOnlyList<T>, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int left = _queue.Reader.Count; left > 0 || _batch is not null;)
            {
                if (_batch is null)
                {
                    _batch = Next(left);
                    if (_batch is null)
                        return;
                    left -= _batch.Count;
                }
                await write(_batch, cancellationToken).ConfigureAwait(false);
                _batch = null;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Writes items as they come, until <see cref="Complete"/> was called and everything is written.</summary>
    public async Task PumpAsync(Func<IReadOnlyList<T>, CancellationToken, Task> write)
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            await FlushAsync(write, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Takes no more items.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    private List<T>? Next(int expected)
    {
        if (!_queue.Reader.TryRead(out T? item))
            return null;
        var batch = new List<T>(Math.Min(expected, maxBatch)) { item };
        while (batch.Count < maxBatch && _queue.Reader.TryRead(out T? next))
            batch.Add(next);
        return batch;
    }
}
