namespace FeatureManagement.ActionTracing;

/// <summary>What a metrics source knows of a rollout's step. Immutable.</summary>
public sealed record RolloutObservations
{
    /// <summary>Users with the flag on.</summary>
    public required RolloutArm Exposed { get; init; }

    /// <summary>Users with the flag off.</summary>
    public required RolloutArm Control { get; init; }

    /// <summary>Exposed actions since the step began.</summary>
    public required RolloutActions Actions { get; init; }

    /// <summary>Exposed actions within the window that was asked for, over all steps.</summary>
    public required RolloutActions Window { get; init; }

    /// <summary>
    /// Distinct users with the flag on who came to a gate of the flag within that window. 0 where the source knows of
    /// no gates.
    /// </summary>
    public long GatedWindowUnits { get; init; }

    /// <summary>Of those, users for whom it failed: by one action of each, so that nobody counts more than once.</summary>
    public long GatedWindowBad { get; init; }

    /// <summary>
    /// Control's 95th percentile of latency, once it is known from at least 200 users and no slow threshold is set;
    /// else null.
    /// </summary>
    public TimeSpan? ControlPercentile95 { get; init; }

    /// <summary>Evaluations without any identity. They count nowhere else.</summary>
    public long DefaultKeys { get; init; }
}
