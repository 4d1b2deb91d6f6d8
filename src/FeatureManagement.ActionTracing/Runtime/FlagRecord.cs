namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>All that was laid over a flag at run time: one document of the store. Immutable.</summary>
internal sealed record FlagRecord
{
    public static readonly FlagRecord Empty = new();

    public FlagOverride? Override { get; init; }

    public RolloutLayer? Rollout { get; init; }

    public FlagEmergency? Emergency { get; init; }

    /// <summary>When the record last changed.</summary>
    public DateTimeOffset At { get; init; }

    public bool IsEmpty => Override is null && Rollout is null && Emergency is null;
}
