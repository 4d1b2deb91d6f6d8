using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>
/// A safety check: observe, fold, judge, and roll back at once; else count time, store the evidence and do what was
/// decided. An internal error puts the rollout on hold: it causes no advance and no rollback.
/// </summary>
internal sealed class SafetyCheck(
    RolloutRuns runs, RolloutTerms terms, RolloutObserver observer, LedgerUpdate update, RolloutEffects effects, TimeProvider time)
{
    public async Task RunAsync(string flag, RolloutRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(flag, record, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (SafeCall.IsFailure(exception, cancellationToken))
        {
            Fail(flag, runs.Get(flag, record), exception);
        }
    }

    private void Fail(string flag, RolloutRun run, Exception exception)
    {
        var verdict = new RolloutVerdict(VerdictKind.Failed, $"The last safety check failed: {RolloutObserver.Short(exception)}");
        if (run.Last?.Verdict != verdict)
            effects.Report(flag, exception);
        runs.Set(flag, run.Failed(verdict, time.GetUtcNow(), time.GetTimestamp()));
    }

    private async Task CheckAsync(string flag, RolloutRecord record, CancellationToken cancellationToken)
    {
        RolloutConfig plan = terms.PlanOf(flag, record);
        (RolloutRun run, Observation observation) = await observer.ObserveAsync(flag, record, cancellationToken).ConfigureAwait(false);
        var evidence = new RolloutEvidence(
            record, plan.SafetyThresholds, run.Fold(record, observation.Observations), observation.Observations);
        RolloutVerdict judged = RolloutGuards.Judge(evidence);
        // A rollback does not wait for the store.
        if (observation.Observations is { } observed)
        {
            if (judged.Kind == VerdictKind.Regressed)
            {
                await effects.RollBackAsync(flag, record, evidence.Ledger, judged.Reason, cancellationToken).ConfigureAwait(false);
                return;
            }
            // This check closes a window, also where the store is unavailable.
            run = runs.Set(flag, run.Keep(record, run.CopyOf(record, observed)));
            observer.Arm(flag, evidence);
        }
        UpdatedLedger stored = await update.RunAsync(flag, evidence, judged, observation.Failure, plan.MaxHold, cancellationToken)
            .ConfigureAwait(false);
        evidence = evidence with { Ledger = stored.Decision.Ledger };
        string guards = GuardTexts.Describe(evidence.Scope);
        effects.Report(flag, stored.Run, stored.Verdict, guards);
        long defaultKeys = observation.Observations?.DefaultKeys ?? stored.Run.Last?.DefaultKeys ?? 0;
        run = runs.Set(
            flag,
            stored.Run with { Guards = guards, Last = new RolloutCheck(evidence.Ledger, stored.Verdict, guards, defaultKeys) });
        observer.Arm(flag, evidence);
        RolloutRecord? next = await effects.DoAsync(flag, record, stored.Decision, cancellationToken).ConfigureAwait(false);
        if (next is not null)
            await ObserveStepAsync(flag, next, evidence, run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Observes a new step from its first moment.</summary>
    private async Task ObserveStepAsync(
        string flag, RolloutRecord record, RolloutEvidence evidence, RolloutRun run, CancellationToken cancellationToken)
    {
        run = runs.Set(flag, run.BeginStep(record));
        Observation first = await observer.ReadAsync(flag, record, run, cancellationToken).ConfigureAwait(false);
        observer.Arm(flag, evidence with { Record = record, Ledger = run.Ledger, Observations = first.Observations });
    }
}
