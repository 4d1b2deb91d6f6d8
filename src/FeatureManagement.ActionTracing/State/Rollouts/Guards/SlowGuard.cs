using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Whether exposed users meet more slow actions than control (G1).</summary>
internal sealed class SlowGuard : IGuard
{
    private const double Tolerated = 1;

    public string Name => "slow";

    public GuardKind Kind => GuardKind.Comparison;

    public RolloutLedger Fold(RolloutLedger ledger, EvidenceWindow window)
    {
        if (!window.IsCompared)
            return ledger;
        (RolloutStratum before, RolloutStratum copy) = (window.Before, window.Copy);
        var counts = new CountWindow(
            copy.Exposed.SlowAtRisk, copy.Control.SlowAtRisk,
            copy.Exposed.Slow - before.Exposed.Slow, copy.Control.Slow - before.Control.Slow);
        return ledger with
        {
            Slow = ledger.Slow.Add(counts, Tolerated),
            SlowWindows = CountWindow.Keep(ledger.SlowWindows, counts with { Stratum = copy.Key }),
        };
    }

    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        RolloutLedger ledger = evidence.Ledger;
        if (!evidence.Plan.Guard || !ledger.Slow.Stops(evidence.Alpha.Comparison))
            return null;
        (RolloutArm exposed, RolloutArm control) = (ledger.Exposed, ledger.Control);
        return RolloutVerdict.Regressed(
            $"{RolloutText.Percent(exposed.Slow, exposed.SlowAtRisk)} of users with the flag on were slower than "
            + $"{ledger.SlowThreshold?.TotalMilliseconds:0.##} ms against {RolloutText.Percent(control.Slow, control.SlowAtRisk)} off"
            + $"{RolloutText.Ratio(ledger.Slow, ledger.SlowWindows)}");
    }

    // As if all of them were exposed: which arm they are of must not decide when a window is closed.
    public BadOutcomes MoreToStop(RolloutEvidence evidence)
    {
        if (!evidence.Scope.IsCompared)
            return BadOutcomes.NeverReached;
        double expected = RateComparisons.ExpectedExposed(
            evidence.Record, evidence.Observations?.Exposed.SlowAtRisk, evidence.Observations?.Control.SlowAtRisk);
        long? more = evidence.Ledger.Slow.MoreToStop(expected, Tolerated, evidence.Alpha.Comparison);
        return BadOutcomes.NeverReached with { Slow = more ?? BadOutcomes.Never };
    }

    public RolloutFindings Show(RolloutFindings findings, RolloutConfig plan, RolloutLedger ledger)
    {
        if (ledger.SlowThreshold is null)
            return findings;
        (RolloutArm exposed, RolloutArm control) = (ledger.Exposed, ledger.Control);
        double alpha = AlphaBudget.Of(plan, ledger.ComparedFirst).Comparison;
        return findings with
        {
            Slow = RateComparisons.Of(
                ledger.Slow, ledger.SlowWindows, alpha, (exposed.Slow, exposed.SlowAtRisk), (control.Slow, control.SlowAtRisk)),
        };
    }

    public string? Describe(GuardScope scope) => RateComparisons.Describe(scope);
}
