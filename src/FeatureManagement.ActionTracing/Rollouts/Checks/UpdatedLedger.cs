using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>The result of a check whose ledger is stored. Immutable.</summary>
/// <param name="Run">The run over the stored ledger.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Decision">The decision, with the stored ledger.</param>
internal readonly record struct UpdatedLedger(RolloutRun Run, RolloutVerdict Verdict, RolloutDecision Decision);
