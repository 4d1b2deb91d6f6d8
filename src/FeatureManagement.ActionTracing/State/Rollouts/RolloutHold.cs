using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>Why a rollout is on hold. Immutable.</summary>
/// <param name="Kind">Which verdict holds it.</param>
/// <param name="Reason">The same in a sentence.</param>
/// <param name="Since">Since when.</param>
internal sealed record RolloutHold(VerdictKind Kind, string Reason, DateTimeOffset Since);
