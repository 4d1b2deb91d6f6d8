using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>What the guards that compare rates have in common. Pure.</summary>
internal static class RateComparisons
{
    /// <summary>All comparisons have one name, so that the list of guards names them once.</summary>
    public static string? Describe(GuardScope scope)
    {
        if (scope.IsCompared)
            return "the comparison with control";
        return null;
    }

    /// <summary>The part of bad outcomes that is expected among exposed users where nothing is worse.</summary>
    public static double ExpectedExposed(RolloutRecord record, long? exposed, long? control)
    {
        if (exposed > 0 && control > 0)
            return (double)exposed.Value / (exposed.Value + control.Value);
        return (double)record.Percentage / 100;
    }

    public static RolloutComparison Of(
        CountEvidence evidence, IReadOnlyList<CountWindow> windows, double alpha,
        (long Bad, long AtRisk) exposed, (long Bad, long AtRisk) control)
    {
        double upper = RateRatios.Upper([.. windows], alpha);
        return new RolloutComparison
        {
            Exposed = Rate(exposed),
            Control = Rate(control),
            Ratio = evidence.Ratio,
            Lower = RateRatios.Lower([.. windows], alpha),
            Upper = double.IsFinite(upper) ? upper : null,
            PValue = evidence.PValue,
            Evidence = evidence.Meter(alpha),
        };
    }

    private static double? Rate((long Bad, long AtRisk) arm)
    {
        if (arm.AtRisk == 0)
            return null;
        return (double)arm.Bad / arm.AtRisk;
    }
}
