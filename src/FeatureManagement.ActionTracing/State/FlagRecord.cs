using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.State;

/// <summary>The run-time state of a flag: one document of the store. Immutable.</summary>
internal sealed record FlagRecord
{
    public static readonly FlagRecord Empty = new();

    public FlagOverride? Override { get; init; }

    /// <summary>The rollout that is planned or on its way, or null.</summary>
    public RolloutRecord? Rollout { get; init; }

    /// <summary>The last rollout that ended, for people to read; it decides nothing.</summary>
    public RolloutRecord? LastRollout { get; init; }

    /// <summary>
    /// Which contents of <c>rolloutConfig</c> have had their rollout, so that <c>autoStart</c> starts each but once:
    /// the last few fingerprints, with spaces between them.
    /// </summary>
    public string? AutoStarted { get; init; }

    public FlagEmergency? Emergency { get; init; }

    /// <summary>When the record last changed.</summary>
    public DateTimeOffset At { get; init; }
}
