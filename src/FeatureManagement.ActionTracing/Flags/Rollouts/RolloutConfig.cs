namespace FeatureManagement.ActionTracing;

/// <summary>How a flag rolls out: <c>rolloutConfig</c>. Immutable.</summary>
public sealed record RolloutConfig
{
    private static readonly IReadOnlyList<decimal> DefaultCheckpoints = [25, 50, 75, 100];

    private readonly decimal? _target;

    /// <summary>The curve. The default is <see cref="RolloutType.Linear"/>.</summary>
    public RolloutType Type { get; init; } = RolloutType.Linear;

    /// <summary>
    /// How long the rollout takes, in monitored time. The default is 24 hours; a custom rollout takes as long as its
    /// schedule, whose last time this must be where it is set.
    /// </summary>
    public TimeSpan Duration { get; init; } = DefaultDuration;

    /// <summary>The first percentage, 0 to 100; null for the larger of 1 and the flag's percentage when the rollout starts.</summary>
    public decimal? StartPercentage { get; init; }

    /// <summary>
    /// The last percentage, 0 to 100. The default is the last percentage of <see cref="Schedule"/> or <see cref="Checkpoints"/>
    /// where the rollout is custom or stepped, and 100 where it is not. It cannot be another one than the list's last.
    /// </summary>
    public decimal TargetPercentage { get => _target ?? ListEnd ?? 100; init => _target = value; }

    /// <summary>The percentages of a stepped rollout, rising. The default is 25, 50, 75, 100.</summary>
    public IReadOnlyList<decimal> Checkpoints { get; init; } = DefaultCheckpoints;

    /// <summary>The entries of a custom rollout, in order of their time.</summary>
    public IReadOnlyList<RolloutScheduleEntry> Schedule { get; init; } = [];

    /// <summary>A planned start, or null.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Whether the rollout starts by itself, once for each new content of this configuration.</summary>
    public bool AutoStart { get; init; }

    /// <summary>What a rollback leaves behind. The default is <see cref="RollbackTarget.Previous"/>.</summary>
    public RollbackTarget RollbackTo { get; init; }

    /// <summary>The circuit breaker, or null where none is set.</summary>
    public SafetyThresholds? SafetyThresholds { get; init; }

    /// <summary>Whether the exposed users are compared with those in control. The default is true.</summary>
    public bool Guard { get; init; } = true;

    /// <summary>The bound on false alarms of the comparison, for the whole rollout, between 0 and 1. The default is 0.05.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The tolerated worsening of the error rate, relative (0.1 is 10 %). The default is 0.</summary>
    public double MaxErrorRateIncrease { get; init; }

    /// <summary>The tolerated worsening of typical latency, relative. The default is 0.02.</summary>
    public double MaxLatencyIncrease { get; init; } = 0.02;

    /// <summary>From what latency on an action is slow; null for control's 95th percentile.</summary>
    public TimeSpan? SlowThreshold { get; init; }

    /// <summary>How long the metrics source may be unavailable before the rollout pauses. The default is one hour.</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromHours(1);

    internal static TimeSpan DefaultDuration { get; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Where the plan's own list of percentages ends; null where it has none that it goes by. The default checkpoints are
    /// cut at the target instead.
    /// </summary>
    internal decimal? ListEnd => Type switch
    {
        RolloutType.Stepped when HasOwnCheckpoints => Checkpoints[^1],
        RolloutType.Custom when Schedule.Count > 0 => Schedule[^1].Percentage,
        _ => null,
    };

    // By value: a plan that was read from a store has a list of its own.
    internal bool HasOwnCheckpoints => Checkpoints.Count > 0 && !Checkpoints.SequenceEqual(DefaultCheckpoints);
}
