using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Storage.Units;

/// <summary>The units of experiments, as experiments use them. Thread-safe.</summary>
internal sealed class ExperimentUnits(IUnitStore store)
{
    /// <summary>Writes a batch, once, however often it is called.</summary>
    public Task WriteAsync(ExperimentBatch batch, CancellationToken cancellationToken) =>
        store.WriteAsync(new UnitBatch(batch), cancellationToken);

    /// <summary>Counts units whose windows have closed, some at a time.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> CloseAsync(ExperimentRun run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        bool hasMore = false;
        for (int metric = 0; metric < run.Metrics.Count; metric++)
            if (run.Metrics[metric].Window is not null)
                hasMore |= await store.CloseAsync(new UnitClosing(run, metric, now), cancellationToken).ConfigureAwait(false);
        return hasMore;
    }

    /// <summary>Reads the sums of a run, as a copy of its own.</summary>
    public async Task<ExperimentTally> ReadAsync(ExperimentRun run, CancellationToken cancellationToken) =>
        UnitConversion.Tally(await store.ReadTotalsAsync(run.Key, cancellationToken).ConfigureAwait(false), run);
}
