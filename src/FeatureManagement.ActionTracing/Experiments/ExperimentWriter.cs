using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Writes what is queued, in batches. A batch that could not be written is kept and tried again. Thread-safe.</summary>
internal sealed class ExperimentWriter(ExperimentQueue queue, IExperimentStore store) : IDisposable
{
    private const int MaxEvents = 5_000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _writer = Guid.NewGuid().ToString("N");
    private ExperimentBatch? _pending;
    private long _batches;

    /// <summary>Writes everything that was queued before the call.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int left = queue.Count; left > 0 || _pending is not null;)
            {
                if (_pending is null && (_pending = Next()) is not null)
                    left -= _pending.Events.Count;
                if (_pending is null)
                    return;
                await store.WriteAsync(_pending, cancellationToken).ConfigureAwait(false);
                _pending = null;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        // The gate stays: it has no handle to give back, and a host that stops twice flushes after this.
    }

    private ExperimentBatch? Next()
    {
        if (!queue.TryTake(out ExperimentQueue.Entry first))
            return null;
        var events = new List<ExperimentEvent> { first.Happened };
        while (events.Count < MaxEvents && queue.TryPeek(out ExperimentQueue.Entry next) && ReferenceEquals(next.Run, first.Run) && queue.TryTake(out next))
            events.Add(next.Happened);
        return new ExperimentBatch(_writer, ++_batches, first.Run, events);
    }
}
