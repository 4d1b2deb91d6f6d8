using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>What the evidence of a rollout says, in numbers for people. Pure.</summary>
internal static class EvidenceFindings
{
    /// <summary>What is known of a rollout after a look.</summary>
    public static RolloutFindings Of(RolloutConfig plan, RolloutLedger ledger) => new()
    {
        Errors = Errors(plan, ledger),
        Latency = Latency(plan, ledger),
        Slow = ledger.SlowThreshold is null ? null : Slow(plan, ledger),
        WithoutControl = WithoutControl(plan, ledger),
        ExposedUnits = ledger.Exposed.Units,
        ControlUnits = ledger.Control.Units,
    };

    private static RolloutComparison Errors(RolloutConfig plan, RolloutLedger ledger) => Rates(
        AlphaOf(plan, ledger), ledger.Errors, ledger.ErrorWindows, ledger.Exposed.Bad, ledger.Exposed.AtRisk, ledger.Control.Bad, ledger.Control.AtRisk);

    private static RolloutComparison Slow(RolloutConfig plan, RolloutLedger ledger) => Rates(
        AlphaOf(plan, ledger), ledger.Slow, ledger.SlowWindows, ledger.Exposed.Slow, ledger.Exposed.SlowAtRisk, ledger.Control.Slow, ledger.Control.SlowAtRisk);

    // By the plan, for what has ended is shown as well: an edit of its thresholds while it ran changes no more than the bounds that are shown.
    private static double AlphaOf(RolloutConfig plan, RolloutLedger ledger) =>
        AlphaBudget.Of(plan, ledger.ComparedFirst).Comparison;

    private static RolloutComparison? WithoutControl(RolloutConfig plan, RolloutLedger ledger)
    {
        RateAboveBound gated = ledger.Gated;
        if (gated.Units == 0 || RolloutLimits.Of(plan.SafetyThresholds, RolloutPhase.Majority).WithoutControl is not { } bound)
            return null;
        double alpha = AlphaBudget.Of(plan, ledger.ComparedFirst).WithoutControl;
        double evidence = gated.LogE(bound);
        return new RolloutComparison
        {
            Exposed = (double)gated.Errors / gated.Units,
            PValue = Math.Min(1, Math.Exp(-evidence)),
            Evidence = Math.Clamp(evidence / -Math.Log(alpha), 0, 1) + 0d, // never −0
        };
    }

    private static RolloutComparison Rates(double alpha, CountEvidence evidence, IReadOnlyList<CountWindow> windows, long bad, long exposed, long badControl, long control)
    {
        double upper = RateRatios.Upper([.. windows], alpha);
        return new RolloutComparison
        {
            Exposed = exposed == 0 ? null : (double)bad / exposed,
            Control = control == 0 ? null : (double)badControl / control,
            Ratio = evidence.Ratio,
            Lower = RateRatios.Lower([.. windows], alpha),
            Upper = double.IsFinite(upper) ? upper : null,
            PValue = evidence.PValue,
            Evidence = evidence.Meter(alpha),
        };
    }

    private static RolloutComparison? Latency(RolloutConfig plan, RolloutLedger ledger)
    {
        MeanDifference latency = ledger.Latency;
        if (latency.H <= 0)
            return null;
        double alpha = AlphaOf(plan, ledger), margin = Math.Log(1 + plan.MaxLatencyIncrease);
        double? width = latency.IsInformative ? OneSidedTest.HalfWidth(latency, alpha) : null;
        double p = OneSidedTest.PValue(latency, margin);
        return new RolloutComparison
        {
            Exposed = Math.Exp(latency.A / latency.H),
            Control = Math.Exp(latency.B / latency.H),
            Ratio = Math.Exp(latency.Estimate),
            Lower = width is { } down ? Math.Exp(latency.Estimate - down) : null,
            Upper = width is { } up && double.IsFinite(Math.Exp(latency.Estimate + up)) ? Math.Exp(latency.Estimate + up) : null,
            PValue = ledger.MinLatencyP,
            Evidence = Math.Clamp(Math.Log(p) / Math.Log(alpha), 0, 1) + 0d, // never −0
        };
    }
}
