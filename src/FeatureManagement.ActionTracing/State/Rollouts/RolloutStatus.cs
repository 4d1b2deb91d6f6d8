namespace FeatureManagement.ActionTracing;

/// <summary>How a rollout stands. Immutable.</summary>
public sealed class RolloutStatus
{
    internal RolloutStatus()
    {
    }

    /// <summary>The flag as configuration spells it.</summary>
    public string Flag { get; internal init; } = "";

    /// <summary>The rollout; another one of the same flag has another id.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>Where it stands.</summary>
    public RolloutPhase Phase { get; internal init; }

    /// <summary>The plan, as it was when the rollout started.</summary>
    public RolloutConfig Plan { get; internal init; } = new();

    /// <summary>The first percentage, 0 to 100.</summary>
    public decimal StartPercentage { get; internal init; }

    /// <summary>The percentage now, 0 to 100; of a rollout that has ended, the last.</summary>
    public decimal CurrentPercentage { get; internal init; }

    /// <summary>The last percentage, 0 to 100.</summary>
    public decimal TargetPercentage { get; internal init; }

    /// <summary>The monitored part of the duration, 0 to 1.</summary>
    public double Progress { get; internal init; }

    /// <summary>Time in which safety checks were healthy.</summary>
    public TimeSpan MonitoredTime { get; internal init; }

    /// <summary>When it started, or is planned to.</summary>
    public DateTimeOffset StartedAt { get; internal init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; internal init; }

    /// <summary>When it will be complete if nothing holds it; null where something does, or it has ended.</summary>
    public DateTimeOffset? EstimatedCompletion { get; internal init; }

    /// <summary>What it is waiting for, in a sentence; null where it has ended.</summary>
    public string? NextStep { get; internal init; }

    /// <summary>Whether something holds it, so that no time counts.</summary>
    public bool IsOnHold { get; internal init; }

    /// <summary>Whether resuming by hand lets it go on: it is paused, or on hold because of a sample ratio mismatch.</summary>
    public bool CanResume { get; internal init; }

    /// <summary>What does not guard it, in a sentence; null where everything does or nothing is known yet.</summary>
    public string? Note { get; internal init; }

    /// <summary>
    /// What guards it, in a sentence: the comparison with control, thresholds, or an error rate where there is nothing
    /// to compare with.
    /// </summary>
    public string Guards { get; internal init; } = "";

    /// <summary>Who started, paused, resumed or ended it.</summary>
    public string Actor { get; internal init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Every percentage so far, with the evidence of that time.</summary>
    public IReadOnlyList<RolloutStep> History { get; internal init; } = [];

    /// <summary>
    /// Error rates by user and step, with the flag on and off: of users who were at risk in a step (each again in every
    /// step until the first error), those who met it. Null while nothing is known.
    /// </summary>
    public RolloutComparison? Errors { get; internal init; }

    /// <summary>Typical latency (the geometric mean, in milliseconds) with the flag on and off; null while nothing is known.</summary>
    public RolloutComparison? Latency { get; internal init; }

    /// <summary>Rates of slow actions, by user and step as <see cref="Errors"/> are; null while it is not known what is slow.</summary>
    public RolloutComparison? Slow { get; internal init; }

    /// <summary>
    /// The error rate of users with the flag on at their first action behind a gate of the flag, which is compared with
    /// nothing: its evidence is against <see cref="SafetyThresholds.MaxErrorRateWithoutControl"/>. Null where there was
    /// no such action, or another guard judges them.
    /// </summary>
    public RolloutComparison? WithoutControl { get; internal init; }

    /// <summary>Distinct users with the flag on, each counted once in each round.</summary>
    public long ExposedUnits { get; internal init; }

    /// <summary>Distinct users with the flag off, each counted once in each round.</summary>
    public long ControlUnits { get; internal init; }

    /// <summary>Evaluations here without any identity: they count in no comparison.</summary>
    public long DefaultKeys { get; internal init; }

    /// <summary>Why the rest of this status is not known, in a sentence; null where it is. The rollout can still be rolled back.</summary>
    public string? Fault { get; internal init; }
}
