using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>
/// What does not wait for the next safety check: a percentage that has come into force, and bad outcomes that may
/// change the verdict.
/// </summary>
internal sealed class EarlySafetyCheck(
    RolloutRuns runs, RolloutTerms terms, RolloutObserver observer, RolloutLedgers ledgers, RolloutEffects effects)
{
    /// <summary>Observes a percentage from the moment on at which it is in force. What fails here, the next check meets again.</summary>
    public async Task BeginAsync(string flag, RolloutRecord record, CancellationToken cancellationToken)
    {
        // In the middle of a step, as after a pause, what the arms did so far must not move the end of the window of the comparison.
        EarlyCheck check = EarlyCheck.Absolute;
        if (runs.Get(flag, record).At?.Step != record.Step)
            check |= EarlyCheck.Comparison;
        (RolloutRun run, Observation observation) = await observer.ObserveAsync(flag, record, cancellationToken).ConfigureAwait(false);
        RolloutEvidence evidence = EvidenceOf(flag, record, run, observation.Observations);
        observer.Arm(flag, evidence, check);
        string guards = GuardTexts.Describe(evidence.Scope with { Ledger = run.Last?.Ledger });
        effects.Report(flag, run, guards);
        run = runs.Set(flag, run with { Guards = guards });
        if (run.Version > 0)
            return;
        // After a restart: the first outcomes here do not decide again how alpha is divided.
        (RolloutLedger ledger, long version) =
            await ledgers.ReadAsync(flag, run.Ledger, run.Version, everything: false, cancellationToken).ConfigureAwait(false);
        runs.Set(flag, run.Known(record, ledger, version));
    }

    /// <summary>Judges early. It stores nothing but a rollback: the next check stores what this one observed.</summary>
    public async Task CheckAsync(string flag, RolloutRecord record, EarlyCheck check, CancellationToken cancellationToken)
    {
        if (runs.Find(flag, record.Id) is null)
            return;
        (RolloutRun run, Observation observation) = await observer.ObserveAsync(flag, record, cancellationToken).ConfigureAwait(false);
        if (observation.Observations is not { } observed)
            return;
        RolloutEvidence evidence = EvidenceOf(flag, record, run, observed);
        RolloutVerdict? verdict = RolloutGuards.JudgeAbsolute(evidence);
        if (verdict is null && check.HasFlag(EarlyCheck.Comparison))
        {
            runs.Set(flag, run.Keep(record, run.CopyOf(record, observed)));
            verdict = RolloutGuards.Judge(evidence);
        }
        if (verdict is { Kind: VerdictKind.Regressed, Reason: var reason })
            await effects.RollBackAsync(flag, record, evidence.Ledger, reason, cancellationToken).ConfigureAwait(false);
        else
            observer.Arm(flag, evidence, check);
    }

    private RolloutEvidence EvidenceOf(string flag, RolloutRecord record, RolloutRun run, RolloutObservations? observations) =>
        new(record, terms.PlanOf(flag, record).SafetyThresholds, run.Fold(record, observations), observations);
}
