using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Writes queued events in numbered batches, each once, however often it is tried. Thread-safe.</summary>
internal sealed class ExperimentWriter(ExperimentQueue queue, ExperimentUnits units)
{
    private readonly string _writer = Guid.NewGuid().ToString("N");
    private long _written;

    /// <summary>Writes everything that was queued before the call.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => queue.Writer.FlushAsync(WriteAsync, cancellationToken);

    // One batch at a time. A batch that is tried again has the same number.
    private async Task WriteAsync(IReadOnlyList<ExperimentQueue.Entry> entries, CancellationToken cancellationToken)
    {
        var batch = new ExperimentBatch(_writer, _written + 1, entries[0].Run, [.. entries.Select(entry => entry.Event)]);
        await units.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        _written++;
    }
}
