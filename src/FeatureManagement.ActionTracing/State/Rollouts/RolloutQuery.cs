namespace FeatureManagement.ActionTracing;

/// <summary>Which step of which rollout is asked about. Immutable.</summary>
public sealed class RolloutQuery
{
    /// <summary>The flag's name.</summary>
    public required string Flag { get; init; }

    /// <summary>The rollout; another one of the same flag has another.</summary>
    public required string RolloutId { get; init; }

    /// <summary>The number of the step. Counts begin again with each.</summary>
    public required int Step { get; init; }

    /// <summary>
    /// The number of the round that the step belongs to. A user who was counted in an earlier step of the same round is
    /// not counted again.
    /// </summary>
    public required int Round { get; init; }

    /// <summary>The percentage in this step, 0 to 100.</summary>
    public required decimal Percentage { get; init; }

    /// <summary>How far <see cref="RolloutObservations.Window"/> reaches back.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>From what latency on an action is slow, or null while that is not known.</summary>
    public TimeSpan? SlowThreshold { get; init; }
}
