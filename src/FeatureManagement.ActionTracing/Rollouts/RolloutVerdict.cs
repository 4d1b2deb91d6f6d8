using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>What a look at a rollout found, with a sentence for people; empty where it is healthy and there is nothing to say. Immutable.</summary>
internal readonly record struct RolloutVerdict(VerdictKind Kind, string Reason);
