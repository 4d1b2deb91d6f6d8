using System.Text.Json;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>
/// Checks experiments, and commits each check with the evidence that later checks need: the smallest p-values, the
/// evidence of a sample ratio mismatch and in guardrails, the intervals.
/// </summary>
internal sealed class ExperimentChecks(ExperimentRuns runs, ExperimentUnits units, BoundedStore store, TimeProvider time)
{
    private const int MaxAttempts = 5;

    /// <summary>The key of the document that has the evidence and the last check.</summary>
    public static string KeyOf(string flag) => "evidence/experiment/" + FlagKey.Of(flag);

    /// <summary>The evidence of a run; that of no check where the document is missing or belongs to another run.</summary>
    public static ExperimentEvidence EvidenceOf(StoredDocument? document, ExperimentRun run)
    {
        if (document?.Json is { } json && StoredJson.Read<ExperimentEvidence>(json) is var evidence && evidence.Run == run.Number)
            return evidence;
        return new ExperimentEvidence { Run = run.Number };
    }

    /// <summary>Checks the last run of a flag's experiment and commits the check, unless nothing has changed since the last one.</summary>
    public async Task CheckAsync(string flag, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(flag, cancellationToken).ConfigureAwait(false) is not { } run)
            return;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            StoredDocument? document = await store.State.FindAsync(KeyOf(flag), cancellationToken).ConfigureAwait(false);
            ExperimentEvidence earlier = EvidenceOf(document, run);
            // After the evidence, so that the totals are never older.
            ExperimentTally tally = await units.ReadAsync(run, cancellationToken).ConfigureAwait(false);
            (ExperimentResult result, ExperimentEvidence evidence) = ExperimentAnalysis.Check(run, tally, earlier, time.GetUtcNow());
            evidence = evidence with { Result = result with { History = [] } }; // the evidence has the history
            if (earlier.Result is { } last
                && StoredJson.Write(evidence with { Result = evidence.Result with { At = last.At } }) == document?.Json)
                return;
            // Another instance committed its check first: check again, after that one.
            var write = new DocumentWrite(KeyOf(flag), StoredJson.Write(evidence), document?.Version ?? 0);
            CommitResult committed = await store.State.CommitAsync(new StoreCommit([write], []), cancellationToken).ConfigureAwait(false);
            if (committed.IsCommitted)
                return;
        }
    }

    /// <summary>
    /// Checks every experiment that the store has, also those that have ended: an earlier release committed evidence
    /// without a result.
    /// </summary>
    public async Task CheckAllAsync(CancellationToken cancellationToken)
    {
        foreach (string flag in await runs.StoredAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await CheckAsync(flag, cancellationToken).ConfigureAwait(false);
            }
            catch (JsonException)
            {
                // A document that cannot be read stops the check of no other experiment.
            }
        }
    }
}
