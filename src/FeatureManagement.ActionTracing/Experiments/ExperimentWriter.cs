using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Writes queued events in numbered batches, each once, however often it is tried. Thread-safe.</summary>
internal sealed class ExperimentWriter(ExperimentQueue queue, ExperimentUnits units)
{
    private readonly string _writer = Guid.NewGuid().ToString("N");
    private long _written;

    /// <summary>Writes everything that was queued before the call.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => queue.Writer.FlushAsync(WriteAsync, cancellationToken);

    // One batch of each run at a time: events of several experiments come mixed. A batch that is tried again has the same number, and a run
    // that has it already skips it.
    private async Task WriteAsync(IReadOnlyList<ExperimentQueue.Entry> entries, CancellationToken cancellationToken)
    {
        foreach (var run in entries.GroupBy(entry => entry.Run.Key))
        {
            var batch = new ExperimentBatch(_writer, _written + 1, run.Last().Run, [.. run.Select(entry => entry.Event)]);
            await units.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        _written++;
    }
}
