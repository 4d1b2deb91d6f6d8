using FeatureManagement.ActionTracing.Safety;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>How many more bad outcomes could change the verdict of a healthy rollout: then a safety check is due before its time. Pure.</summary>
internal static class NextVerdict
{
    /// <param name="record">The rollout.</param>
    /// <param name="thresholds">The thresholds in force now.</param>
    /// <param name="ledger">The evidence after the check.</param>
    /// <param name="seen">What this process saw; null for nothing.</param>
    public static BadOutcomes Needs(RolloutRecord record, SafetyThresholds? thresholds, RolloutLedger ledger, RolloutMetrics? seen)
    {
        RolloutPhase phase = RolloutCurve.PhaseOf(record.Percentage);
        RolloutLimits limits = RolloutLimits.Of(thresholds, phase);
        BadOutcomes needs = BadOutcomes.NeverReached;
        AlphaSplit alpha = AlphaSplit.Of(record.Plan, limits.WithoutControl is not null, ledger.ComparedFirst ?? false);
        if (record.Plan.Guard && RolloutLedger.CanCompare(record.Percentage))
        {
            double compared = AlphaSplit.Of(record.Plan, limits.WithoutControl is not null, ledger.ComparedFirst ?? true).Comparison;
            needs = needs with
            {
                // Were all of them exposed: which arm they are of must not decide when a window is closed.
                Bad = ledger.Errors.MoreToStop(Share(record, seen?.Exposed.AtRisk, seen?.Control.AtRisk), 1 + record.Plan.MaxErrorRateIncrease, compared) ?? BadOutcomes.Never,
                Slow = ledger.Slow.MoreToStop(Share(record, seen?.Exposed.SlowAtRisk, seen?.Control.SlowAtRisk), 1, compared) ?? BadOutcomes.Never,
            };
        }
        if (limits.MaxErrorRate is { } rate)
            needs = needs with { ExposedErrors = Above(rate, seen?.Window, limits.MinimumSamples - ledger.UnitsIn(phase)) };
        if (limits.WithoutControl is { } bound)
            needs = needs with
            {
                GatedUnits = ledger.Gated.MoreErrorsToStop(bound, alpha.WithoutControl) ?? BadOutcomes.Never,
                GatedErrors = Above(RolloutGuard.WindowBound(bound), seen?.GatedWindow, RolloutGuard.MinimumGatedUnits - (seen?.GatedWindowUnits ?? 0)),
            };
        return needs;
    }

    /// <summary>How many more actions must fail until the rate is exceeded, and so many units are there as are missing.</summary>
    private static long Above(double rate, RolloutActions? window, long missing) => rate >= 1 ? BadOutcomes.Never
        : Math.Max(Math.Max(1, missing), window is null ? 1 : (long)Math.Floor((rate * window.Count - window.Errors) / (1 - rate)) + 1);

    /// <summary>The part of bad outcomes that is expected among the exposed where nothing is worse.</summary>
    private static double Share(RolloutRecord record, long? exposed, long? control) =>
        exposed > 0 && control > 0 ? (double)exposed.Value / (exposed.Value + control.Value) : (double)record.Percentage / 100;
}
