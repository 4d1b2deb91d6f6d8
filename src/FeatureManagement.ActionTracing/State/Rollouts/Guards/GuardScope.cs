using FeatureManagement.ActionTracing.Flags.Rollouts;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>What decides which guards a rollout has. Immutable.</summary>
/// <param name="Record">The rollout.</param>
/// <param name="Limits">The thresholds of its phase.</param>
/// <param name="Ledger">The evidence; null before the first check.</param>
internal readonly record struct GuardScope(RolloutRecord Record, RolloutLimits Limits, RolloutLedger? Ledger)
{
    /// <summary>Whether exposed users are compared with control.</summary>
    public bool IsCompared => Record.Plan.Guard && RolloutLedger.CanCompare(Record.Percentage);
}
