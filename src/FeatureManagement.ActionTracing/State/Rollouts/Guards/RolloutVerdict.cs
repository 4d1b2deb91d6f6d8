using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>The verdict of a safety check. Immutable.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Reason">A sentence for people; empty for a healthy rollout with nothing to note.</param>
internal readonly record struct RolloutVerdict(VerdictKind Kind, string Reason)
{
    public static RolloutVerdict Regressed(InvariantText reason) => new(VerdictKind.Regressed, RolloutText.Of(reason));
}
