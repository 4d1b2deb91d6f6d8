namespace FeatureManagement.ActionTracing;

/// <summary>Which step of which rollout is asked about. Immutable.</summary>
/// <param name="Flag">The flag's name.</param>
/// <param name="RolloutId">The rollout; another one of the same flag has another.</param>
/// <param name="Step">The number of the step. Counts begin again with each.</param>
/// <param name="Round">
/// The number of the round that the step belongs to. A user who was counted in an earlier step of the same round is not
/// counted again.
/// </param>
/// <param name="Percentage">The percentage in this step, 0 to 100.</param>
/// <param name="Window">How far <see cref="RolloutObservations.Window"/> reaches back.</param>
/// <param name="SlowThreshold">From what latency on an action is slow, or null while that is not known.</param>
public sealed record RolloutQuery(
    string Flag, string RolloutId, int Step, int Round, decimal Percentage, TimeSpan Window, TimeSpan? SlowThreshold);
