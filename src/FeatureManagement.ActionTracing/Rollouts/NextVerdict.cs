using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>How many more bad outcomes could change the verdict of a healthy rollout: then a safety check is due before its time. Pure.</summary>
internal static class NextVerdict
{
    /// <param name="record">The rollout.</param>
    /// <param name="thresholds">The thresholds in force now.</param>
    /// <param name="ledger">The evidence after the check.</param>
    /// <param name="seen">What this process saw; null for nothing.</param>
    public static BadOutcomes Needs(RolloutRecord record, SafetyThresholds? thresholds, RolloutLedger ledger, RolloutObservations? seen)
    {
        RolloutPhase phase = RolloutCurve.PhaseOf(record.Percentage);
        RolloutLimits limits = RolloutLimits.Of(thresholds, phase);
        BadOutcomes needs = BadOutcomes.NeverReached;
        AlphaBudget alpha = AlphaBudget.Of(record.Plan, ledger.ComparedFirst ?? false);
        if (record.Plan.Guard && RolloutLedger.CanCompare(record.Percentage))
        {
            double compared = AlphaBudget.Of(record.Plan, ledger.ComparedFirst ?? true).Comparison;
            needs = needs with
            {
                // Were all of them exposed: which arm they are of must not decide when a window is closed.
                Bad = ledger.Errors.MoreToStop(Share(record, seen?.Exposed.AtRisk, seen?.Control.AtRisk), 1 + record.Plan.MaxErrorRateIncrease, compared) ?? BadOutcomes.Never,
                Slow = ledger.Slow.MoreToStop(Share(record, seen?.Exposed.SlowAtRisk, seen?.Control.SlowAtRisk), 1, compared) ?? BadOutcomes.Never,
            };
        }
        if (limits.MaxErrorRate is { } rate)
            needs = needs with { ExposedErrors = Above(rate, seen?.Window) };
        if (limits.WithoutControl is { } bound)
            needs = needs with
            {
                GatedUnits = ledger.Gated.MoreErrorsToStop(bound, alpha.WithoutControl) ?? BadOutcomes.Never,
                GatedErrors = AboveInWindow(RolloutGuard.WindowBound(bound), seen?.GatedWindowUnits ?? 0, seen?.GatedWindowBad ?? 0),
            };
        return needs;
    }

    /// <summary>How many more actions must fail until the rate is exceeded. Units that are missing may come without an error: they are not waited for.</summary>
    private static long Above(double rate, RolloutActions? window) => rate >= 1 ? BadOutcomes.Never
        : Math.Max(1, window is null ? 1 : (long)Math.Floor((rate * window.Count - window.Errors) / (1 - rate)) + 1);

    /// <summary>How many more users must fail in the window; those who came before without an error may be among them.</summary>
    private static long AboveInWindow(double rate, long units, long bad) => rate >= 1 ? BadOutcomes.Never
        : Math.Max(1, (long)Math.Floor(rate * Math.Max(units, RolloutGuard.MinimumGatedUnits)) - bad + 1);

    /// <summary>The part of bad outcomes that is expected among the exposed where nothing is worse.</summary>
    private static double Share(RolloutRecord record, long? exposed, long? control) =>
        exposed > 0 && control > 0 ? (double)exposed.Value / (exposed.Value + control.Value) : (double)record.Percentage / 100;
}
