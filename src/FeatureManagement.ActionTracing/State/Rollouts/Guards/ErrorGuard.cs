using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Whether exposed users meet more errors than control (G1).</summary>
internal sealed class ErrorGuard : IGuard
{
    public string Name => "errors";

    public GuardKind Kind => GuardKind.Comparison;

    public RolloutLedger Fold(RolloutLedger ledger, EvidenceWindow window)
    {
        if (!window.IsCompared)
            return ledger;
        (RolloutStratum before, RolloutStratum copy) = (window.Before, window.Copy);
        var counts = new CountWindow(
            copy.Exposed.AtRisk, copy.Control.AtRisk,
            copy.Exposed.Bad - before.Exposed.Bad, copy.Control.Bad - before.Control.Bad);
        return ledger with
        {
            Errors = ledger.Errors.Add(counts, Tolerated(window.Record.Plan)),
            ErrorWindows = CountWindow.Keep(ledger.ErrorWindows, counts with { Stratum = copy.Key }),
        };
    }

    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        RolloutLedger ledger = evidence.Ledger;
        if (!evidence.Plan.Guard || !ledger.Errors.Stops(evidence.Alpha.Comparison))
            return null;
        (RolloutArm exposed, RolloutArm control) = (ledger.Exposed, ledger.Control);
        return RolloutVerdict.Regressed(
            $"error rate {RolloutText.Percent(exposed.Bad, exposed.AtRisk)} with the flag on against "
            + $"{RolloutText.Percent(control.Bad, control.AtRisk)} off{RolloutText.Ratio(ledger.Errors, ledger.ErrorWindows)}");
    }

    // As if all of them were exposed: which arm they are of must not decide when a window is closed.
    public BadOutcomes MoreToStop(RolloutEvidence evidence)
    {
        if (!evidence.Scope.IsCompared)
            return BadOutcomes.NeverReached;
        double expected = RateComparisons.ExpectedExposed(
            evidence.Record, evidence.Observations?.Exposed.AtRisk, evidence.Observations?.Control.AtRisk);
        long? more = evidence.Ledger.Errors.MoreToStop(expected, Tolerated(evidence.Plan), evidence.Alpha.Comparison);
        return BadOutcomes.NeverReached with { Bad = more ?? BadOutcomes.Never };
    }

    public RolloutFindings Show(RolloutFindings findings, RolloutConfig plan, RolloutLedger ledger)
    {
        (RolloutArm exposed, RolloutArm control) = (ledger.Exposed, ledger.Control);
        double alpha = AlphaBudget.Of(plan, ledger.ComparedFirst).Comparison;
        return findings with
        {
            Errors = RateComparisons.Of(
                ledger.Errors, ledger.ErrorWindows, alpha, (exposed.Bad, exposed.AtRisk), (control.Bad, control.AtRisk)),
        };
    }

    public string? Describe(GuardScope scope) => RateComparisons.Describe(scope);

    private static double Tolerated(RolloutConfig plan) => 1 + plan.MaxErrorRateIncrease;
}
