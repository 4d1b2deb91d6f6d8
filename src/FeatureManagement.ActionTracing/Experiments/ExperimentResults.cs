using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Looks at experiments, and keeps of each look what later ones need: the smallest p-values, the strongest evidence against the split, the intervals.</summary>
internal sealed class ExperimentResults(ExperimentRuns runs, IExperimentStore units, BoundedStore store, ExperimentQueue queue, TimeProvider time) : IExperimentResults
{
    /// <summary>How far the points of the history are apart.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public long Dropped => queue.Dropped;

    public async Task<ExperimentResult?> GetAsync(string flag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flag);
        if (await runs.FindAsync(flag, cancellationToken).ConfigureAwait(false) is not { } run)
            return null;
        // By the same bound as the store: the units are in it.
        ExperimentTally tally = await store.CallAsync((_, token) => units.ReadAsync(run, token), cancellationToken).ConfigureAwait(false);
        string key = "evidence/experiment/" + ExperimentRun.KeyOf(flag);
        StoreChanges found = await store.CallAsync((s, token) => s.ReadAsync(key, 0, token), cancellationToken).ConfigureAwait(false);
        StoredDocument? document = found.Documents.FirstOrDefault(document => document.Key == key);
        ExperimentEvidence earlier = document?.Json is { } json && StoredJson.Read<ExperimentEvidence>(json) is var read && read.Run == run.Number ? read : new ExperimentEvidence { Run = run.Number };

        (ExperimentResult result, double splitLogE) = ExperimentAnalysis.Look(run, tally, earlier, time.GetUtcNow());
        ExperimentEvidence evidence = earlier.Add(result, splitLogE, Interval);
        string written = StoredJson.Write(evidence);
        if (written != document?.Json)
        {
            // Where another process was faster, its look counts; this one is seen again at the next.
            var write = new DocumentWrite(key, written, document?.Version ?? 0);
            await store.CallAsync((s, token) => s.CommitAsync(new StoreCommit([write], []), token), cancellationToken).ConfigureAwait(false);
        }
        return result with { History = evidence.History };
    }
}
