using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Whether the typical latency of exposed users is longer than that of control (G2).</summary>
internal sealed class LatencyGuard : IGuard
{
    public string Name => "latency";

    public GuardKind Kind => GuardKind.Comparison;

    public RolloutLedger Fold(RolloutLedger ledger, EvidenceWindow window)
    {
        if (ledger.Latency is not { Treated: >= OneSidedTest.MinimumPerArm, Control: >= OneSidedTest.MinimumPerArm } latency)
            return ledger;
        double p = OneSidedTest.PValue(latency, Margin(window.Record.Plan));
        return ledger with { MinLatencyP = Math.Min(ledger.MinLatencyP, p) };
    }

    public RolloutLedger End(RolloutLedger ledger, RolloutStratum ended)
    {
        if (ended.IsCompared)
            return ledger with { EndedLatency = ledger.EndedLatency + ended.Latency };
        return ledger;
    }

    // The bound at alpha is the tolerated increase plus the overshoot of one check, at each rollback. The bound at 50 % says more.
    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        MeanDifference latency = evidence.Ledger.Latency;
        if (!evidence.Plan.Guard || !OneSidedTest.Stops(latency, Margin(evidence.Plan), evidence.Alpha.Comparison))
            return null;
        double lower = Math.Exp(latency.Estimate - OneSidedTest.HalfWidth(latency, 0.5));
        return RolloutVerdict.Regressed(
            $"typical latency {Math.Exp(latency.A / latency.H):0.##} ms with the flag on against "
            + $"{Math.Exp(latency.B / latency.H):0.##} ms off, "
            + $"{Math.Exp(latency.Estimate):0.##} × as long, as likely as not at least {lower:0.##} ×");
    }

    public RolloutFindings Show(RolloutFindings findings, RolloutConfig plan, RolloutLedger ledger)
    {
        MeanDifference latency = ledger.Latency;
        if (latency.H <= 0)
            return findings;
        double alpha = AlphaBudget.Of(plan, ledger.ComparedFirst).Comparison;
        double p = OneSidedTest.PValue(latency, Margin(plan));
        (double? lower, double? upper) = Bounds(latency, alpha);
        return findings with
        {
            Latency = new RolloutComparison
            {
                Exposed = Math.Exp(latency.A / latency.H),
                Control = Math.Exp(latency.B / latency.H),
                Ratio = Math.Exp(latency.Estimate),
                Lower = lower,
                Upper = upper,
                PValue = ledger.MinLatencyP,
                Evidence = Math.Clamp(Math.Log(p) / Math.Log(alpha), 0, 1) + 0d, // never −0
            },
        };
    }

    public string? Describe(GuardScope scope) => RateComparisons.Describe(scope);

    private static double Margin(RolloutConfig plan) => Math.Log(1 + plan.MaxLatencyIncrease);

    private static (double? Lower, double? Upper) Bounds(MeanDifference latency, double alpha)
    {
        if (!latency.IsInformative)
            return (null, null);
        double width = OneSidedTest.HalfWidth(latency, alpha);
        double upper = Math.Exp(latency.Estimate + width);
        return (Math.Exp(latency.Estimate - width), double.IsFinite(upper) ? upper : null);
    }
}
