using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Reads the last committed check of experiments.</summary>
internal sealed class ExperimentResults(ExperimentRuns runs, BoundedStore store, ExperimentQueue queue) : IExperimentResults
{
    public long Dropped => queue.Writer.Dropped;

    public async Task<ExperimentResult?> GetAsync(string flag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flag);
        if (await runs.FindAsync(flag, cancellationToken).ConfigureAwait(false) is not { } run)
            return null;
        StoredDocument? document = await store.State.FindAsync(ExperimentChecks.KeyOf(flag), cancellationToken).ConfigureAwait(false);
        ExperimentEvidence evidence = ExperimentChecks.EvidenceOf(document, run);
        if (evidence.Result is { } result)
            return result with { History = evidence.History };
        return ExperimentAnalysis.BeforeChecks(run);
    }
}
