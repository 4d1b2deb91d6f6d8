using FeatureManagement.ActionTracing.Flags.Rollouts;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>
/// How the guards of a rollout divide its alpha. The parts never add up to more than alpha, which bounds all false
/// alarms together. Immutable.
/// </summary>
/// <param name="Comparison">The part of each guard that compares with control.</param>
/// <param name="WithoutControl">The part of the guard without control.</param>
internal readonly record struct AlphaBudget(double Comparison, double WithoutControl)
{
    // The kind of guard whose outcomes a rollout has first gets nearly all, since it is nearly always the only one.
    // The rest finds gross faults.
    private const double First = 0.9;

    /// <param name="plan">The plan.</param>
    /// <param name="comparedFirst">
    /// Whether comparable outcomes were observed before the first outcome behind a gate, or at the same check; null before either.
    /// It depends on the actions of users and never on their results, and it does not change once it is known.
    /// </param>
    public static AlphaBudget Of(RolloutConfig plan, bool? comparedFirst)
    {
        // By the plan, for all phases: parts that changed with the phase or with an edit would add up to more than alpha.
        if (!RolloutLimits.JudgesWithoutControl(plan.SafetyThresholds))
            return new(plan.Alpha / RolloutGuards.Comparisons, 0);
        if (!plan.Guard)
            return new(0, plan.Alpha);
        double gated = plan.Alpha * (comparedFirst == false ? First : 1 - First);
        return new((plan.Alpha - gated) / RolloutGuards.Comparisons, gated);
    }
}
