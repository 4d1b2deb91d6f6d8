namespace FeatureManagement.ActionTracing;

/// <summary>How a rollout stands. Immutable.</summary>
public sealed record RolloutStatus
{
    /// <summary>The flag as configuration spells it.</summary>
    public required string Flag { get; init; }

    /// <summary>The rollout; another one of the same flag has another id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required RolloutPhase Phase { get; init; }

    /// <summary>The plan, as it was when the rollout started.</summary>
    public required RolloutConfig Plan { get; init; }

    /// <summary>The first percentage, 0 to 100.</summary>
    public required decimal StartPercentage { get; init; }

    /// <summary>The percentage now, 0 to 100; of a rollout that has ended, the last.</summary>
    public required decimal CurrentPercentage { get; init; }

    /// <summary>The last percentage, 0 to 100.</summary>
    public required decimal TargetPercentage { get; init; }

    /// <summary>The monitored part of the duration, 0 to 1.</summary>
    public required double Progress { get; init; }

    /// <summary>Time in which safety checks were healthy.</summary>
    public required TimeSpan MonitoredTime { get; init; }

    /// <summary>When it started, or is planned to.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it will be complete if nothing holds it; null where something does, or it has ended.</summary>
    public DateTimeOffset? EstimatedCompletion { get; init; }

    /// <summary>What it is waiting for, in a sentence; null where it has ended.</summary>
    public string? NextStep { get; init; }

    /// <summary>Whether something holds it, so that no time counts.</summary>
    public bool IsOnHold { get; init; }

    /// <summary>Whether resuming by hand lets it go on: it is paused, or on hold because of a sample ratio mismatch.</summary>
    public bool CanResume { get; init; }

    /// <summary>What does not guard it, in a sentence; null where everything does or nothing is known yet.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// What guards it, in a sentence: the comparison with control, thresholds, or an error rate where there is nothing
    /// to compare with.
    /// </summary>
    public string Guards { get; init; } = "";

    /// <summary>Who started, paused, resumed or ended it.</summary>
    public required string Actor { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Every percentage so far, with the evidence of that time.</summary>
    public required IReadOnlyList<RolloutStep> History { get; init; }

    /// <summary>
    /// Error rates by user and step, with the flag on and off: of users who were at risk in a step (each again in every
    /// step until the first error), those who met it. Null while nothing is known.
    /// </summary>
    public RolloutComparison? Errors { get; init; }

    /// <summary>Typical latency (the geometric mean, in milliseconds) with the flag on and off; null while nothing is known.</summary>
    public RolloutComparison? Latency { get; init; }

    /// <summary>Rates of slow actions, by user and step as <see cref="Errors"/> are; null while it is not known what is slow.</summary>
    public RolloutComparison? Slow { get; init; }

    /// <summary>
    /// The error rate of users with the flag on at their first action behind a gate of the flag, which is compared with
    /// nothing: its evidence is against <see cref="SafetyThresholds.MaxErrorRateWithoutControl"/>. Null where there was
    /// no such action, or another guard judges them.
    /// </summary>
    public RolloutComparison? WithoutControl { get; init; }

    /// <summary>Distinct users with the flag on, each counted once in each round.</summary>
    public long ExposedUnits { get; init; }

    /// <summary>Distinct users with the flag off, each counted once in each round.</summary>
    public long ControlUnits { get; init; }

    /// <summary>Evaluations here without any identity: they count in no comparison.</summary>
    public long DefaultKeys { get; init; }

    /// <summary>Why the rest of this status is not known, in a sentence; null where it is. The rollout can still be rolled back.</summary>
    public string? Fault { get; init; }
}
