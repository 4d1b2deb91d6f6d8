using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Looks at experiments, and keeps of each look what later ones need: the smallest p-values, the evidence against the split and in guardrails, the intervals.</summary>
internal sealed class ExperimentResults(ExperimentRuns runs, ExperimentUnits units, BoundedStore store, ExperimentQueue queue, TimeProvider time) : IExperimentResults
{
    private const int MaxAttempts = 5;

    public long Dropped => queue.Writer.Dropped;

    public async Task<ExperimentResult?> GetAsync(string flag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flag);
        if (await runs.FindAsync(flag, cancellationToken).ConfigureAwait(false) is not { } run)
            return null;
        string key = "evidence/experiment/" + FlagKey.Of(flag);
        for (int attempt = 1; ; attempt++)
        {
            StoreChanges found = await store.ReadAsync((s, token) => s.ReadAsync(key, 0, token), cancellationToken).ConfigureAwait(false);
            StoredDocument? document = found.Documents.FirstOrDefault(document => document.Key == key);
            ExperimentEvidence earlier = document?.Json is { } json && StoredJson.Read<ExperimentEvidence>(json) is var read && read.Run == run.Number ? read : new ExperimentEvidence { Run = run.Number };
            // After the evidence, so that it is never older; and by the same bound as the store, for the units are in it.
            ExperimentTally tally = await units.ReadAsync(run, cancellationToken).ConfigureAwait(false);
            (ExperimentResult result, ExperimentEvidence evidence) = ExperimentAnalysis.Look(run, tally, earlier, time.GetUtcNow());
            string written = StoredJson.Write(evidence);
            if (written == document?.Json)
                return result;
            // A look that another process was faster with did not take place, so it says nothing either: it is taken again, after that one.
            var write = new DocumentWrite(key, written, document?.Version ?? 0);
            CommitResult committed = await store.WriteAsync((s, token) => s.CommitAsync(new StoreCommit([write], []), token), cancellationToken).ConfigureAwait(false);
            if (committed.Committed || attempt == MaxAttempts)
                return result;
        }
    }
}
