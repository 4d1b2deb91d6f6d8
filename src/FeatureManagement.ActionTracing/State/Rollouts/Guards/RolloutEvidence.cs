using FeatureManagement.ActionTracing.Flags.Rollouts;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>What a safety check judges. Immutable.</summary>
/// <param name="Record">The rollout.</param>
/// <param name="Thresholds">The thresholds in force now.</param>
/// <param name="Ledger">The evidence of all instances, with the newest copy.</param>
/// <param name="Observations">What this instance observed, with its windows; null without observations.</param>
internal sealed record RolloutEvidence(
    RolloutRecord Record, SafetyThresholds? Thresholds, RolloutLedger Ledger, RolloutObservations? Observations)
{
    public RolloutConfig Plan => Record.Plan;

    public RolloutLimits Limits => Record.Limits(Thresholds);

    public AlphaBudget Alpha => AlphaBudget.Of(Plan, Ledger.ComparedFirst);

    public GuardScope Scope => new(Record, Limits, Ledger);

    /// <summary>Exposed users of this phase.</summary>
    public long Units => Ledger.UnitsIn(RolloutCurve.PhaseOf(Record.Percentage));
}
