namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>What an instance observed of a step between two checks. Immutable.</summary>
/// <param name="Record">The rollout.</param>
/// <param name="Before">The copy of the check before; without counts at the first one.</param>
/// <param name="Copy">The copy of this check.</param>
internal readonly record struct EvidenceWindow(RolloutRecord Record, RolloutStratum Before, RolloutStratum Copy)
{
    /// <summary>Whether exposed users are compared with control in this step.</summary>
    public bool IsCompared => Record.Plan.Guard && Copy.IsCompared;
}
