namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>A time during which the weights of an experiment's variants stayed the same. Immutable.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="Weights">The weights, in the order of the run's variants, in any scale.</param>
/// <param name="Since">When it began.</param>
/// <param name="Until">When it ended; null for the one that is going on.</param>
internal sealed record ExperimentStep(int Number, IReadOnlyList<decimal> Weights, DateTimeOffset Since, DateTimeOffset? Until);
