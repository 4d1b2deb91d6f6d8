using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Whether exposed users have more slow actions than control.</summary>
internal sealed class SlowGuard() : RateGuard("slow")
{
    protected override (long Bad, long AtRisk) CountsOf(RolloutArm arm) => (arm.Slow, arm.SlowAtRisk);

    protected override RateEvidence EvidenceOf(RolloutLedger ledger) => new(ledger.Slow, ledger.SlowWindows);

    protected override RolloutLedger With(RolloutLedger ledger, RateEvidence evidence) =>
        ledger with { Slow = evidence.Counts, SlowWindows = evidence.Windows };

    protected override double Tolerated(RolloutConfig plan) => 1;

    protected override BadOutcomes MoreToStop(long more) => BadOutcomes.NeverReached with { Slow = more };

    protected override InvariantText Reason(RolloutLedger ledger, string exposed, string control, string ratio) =>
        $"{exposed} of users with the flag on were slower than {ledger.SlowThreshold?.TotalMilliseconds:0.##} ms "
        + $"against {control} off{ratio}";

    protected override RolloutFindings Show(RolloutFindings findings, RolloutComparison comparison) =>
        findings with { Slow = comparison };

    protected override bool IsKnown(RolloutLedger ledger) => ledger.SlowThreshold is not null;
}
