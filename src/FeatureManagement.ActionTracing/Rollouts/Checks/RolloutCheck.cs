using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>The result of a safety check. Immutable.</summary>
/// <param name="Ledger">The ledger after it.</param>
/// <param name="Verdict">What it found.</param>
/// <param name="Guards">What guards the rollout, in a sentence.</param>
/// <param name="DefaultKeys">Evaluations here without any identity.</param>
internal sealed record RolloutCheck(RolloutLedger Ledger, RolloutVerdict Verdict, string Guards, long DefaultKeys);
