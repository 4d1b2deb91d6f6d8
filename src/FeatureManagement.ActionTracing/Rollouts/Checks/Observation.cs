namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>The answer of the metrics source. Immutable.</summary>
/// <param name="Observations">The observations; null where the source is unavailable.</param>
/// <param name="Failure">Why it is unavailable, in a sentence; else null.</param>
internal readonly record struct Observation(RolloutObservations? Observations, string? Failure);
