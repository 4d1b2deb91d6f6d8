using FeatureManagement.ActionTracing.Flags.Rollouts;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>How the guards of a rollout divide its alpha. Together they never have more than the whole, so that all false alarms together stay below it. Immutable.</summary>
/// <param name="Comparison">For each of the three questions of the comparison: errors, typical latency, slow actions.</param>
/// <param name="WithoutControl">For the guard without control.</param>
internal readonly record struct AlphaBudget(double Comparison, double WithoutControl)
{
    private const int Questions = 3;

    // To the kind of guard whose outcomes a rollout sees first: nearly always its only one. The other one finds what is gross with what is left.
    private const double First = 0.9;

    /// <param name="plan">The plan.</param>
    /// <param name="comparedFirst">
    /// Whether outcomes that can be compared were seen before, or at the same check as, the first one behind a gate; null while there is none. It depends on
    /// what users do and never on how it went, and once it is known it stays.
    /// </param>
    public static AlphaBudget Of(RolloutConfig plan, bool? comparedFirst)
    {
        // By the plan, for all of its phases: what changed with the phase or with an edit would add up to more than alpha.
        if (!RolloutLimits.JudgesWithoutControl(plan.SafetyThresholds))
            return new(plan.Alpha / Questions, 0);
        if (!plan.Guard)
            return new(0, plan.Alpha);
        double gated = plan.Alpha * (comparedFirst == false ? First : 1 - First);
        return new((plan.Alpha - gated) / Questions, gated);
    }
}
