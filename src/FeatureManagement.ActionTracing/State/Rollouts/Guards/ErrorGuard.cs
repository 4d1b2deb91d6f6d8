using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Whether exposed users have more errors than control.</summary>
internal sealed class ErrorGuard() : RateGuard("errors")
{
    protected override (long Bad, long AtRisk) CountsOf(RolloutArm arm) => (arm.Bad, arm.AtRisk);

    protected override RateEvidence EvidenceOf(RolloutLedger ledger) => new(ledger.Errors, ledger.ErrorWindows);

    protected override RolloutLedger With(RolloutLedger ledger, RateEvidence evidence) =>
        ledger with { Errors = evidence.Counts, ErrorWindows = evidence.Windows };

    protected override double Tolerated(RolloutConfig plan) => 1 + plan.MaxErrorRateIncrease;

    protected override BadOutcomes MoreToStop(long more) => BadOutcomes.NeverReached with { Bad = more };

    protected override InvariantText Reason(RolloutLedger ledger, string exposed, string control, string ratio) =>
        $"error rate {exposed} with the flag on against {control} off{ratio}";

    protected override RolloutFindings Show(RolloutFindings findings, RolloutComparison comparison) =>
        findings with { Errors = comparison };
}
