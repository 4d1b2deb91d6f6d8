using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>
/// Decides over the stored ledger and stores the result, with optimistic concurrency: one of several instances counts
/// time and takes a step.
/// </summary>
internal sealed class LedgerUpdate(RolloutRuns runs, RolloutTerms terms, RolloutLedgers ledgers, TimeProvider time)
{
    private const int MaxAttempts = 5;

    /// <param name="flag">The flag.</param>
    /// <param name="evidence">The evidence over the ledger that this instance knows.</param>
    /// <param name="judged">The verdict on it.</param>
    /// <param name="failure">Why the metrics source is unavailable; null where it is not.</param>
    /// <param name="maxHold">How long it may be unavailable.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FlagChangeException">A write failed, or other instances changed the ledger at each attempt.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task<UpdatedLedger> RunAsync(
        string flag, RolloutEvidence evidence, RolloutVerdict judged, string? failure, TimeSpan maxHold,
        CancellationToken cancellationToken)
    {
        RolloutRecord record = evidence.Record;
        RolloutRun run = runs.Get(flag, record);
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            RolloutLedger known = run.Ledger;
            (RolloutLedger ledger, long version) =
                await ledgers.ReadAsync(flag, known, run.Version, everything: attempt > 1, cancellationToken).ConfigureAwait(false);
            long now = time.GetTimestamp();
            run = runs.Set(flag, run.Read(record, ledger, version, now));
            // Only what other instances added must be folded and judged again.
            if (!ReferenceEquals(ledger, known))
            {
                evidence = evidence with { Ledger = run.Fold(record, evidence.Observations) };
                judged = RolloutGuards.Judge(evidence);
            }
            RolloutVerdict verdict = VerdictOf(flag, judged, failure);
            var decision = RolloutDecision.Decide(
                record, evidence.Ledger, verdict, time.GetElapsedTime(run.Mark, now), maxHold, terms.Settings, time.GetUtcNow());
            long? written = await ledgers.WriteAsync(flag, decision.Ledger, run.Version, cancellationToken).ConfigureAwait(false);
            if (written is { } saved)
                return new(runs.Set(flag, run.Saved(decision.Ledger, saved, now)), verdict, decision);
        }
        throw new FlagChangeException(FlagChangeError.Conflict,
            $"Other instances changed the evidence of the rollout of flag '{flag}' {MaxAttempts} times during this "
                + $"check; the next check tries again.");
    }

    private RolloutVerdict VerdictOf(string flag, RolloutVerdict judged, string? failure)
    {
        if (failure is not null)
            return new(VerdictKind.SourceUnavailable, failure);
        if (!terms.CanBeOn(flag))
            return new(VerdictKind.FlagOff, "The flag is off for all users now: a parent is off, or there is an emergency.");
        return judged;
    }
}
