namespace FeatureManagement.ActionTracing;

/// <summary>A step of a rollout: how long the percentage lasted, and the evidence of that time. Immutable.</summary>
public sealed record RolloutStep
{
    /// <summary>The percentage of users, 0 to 100.</summary>
    public required decimal Percentage { get; init; }

    /// <summary>The phase of that percentage.</summary>
    public required RolloutPhase Phase { get; init; }

    /// <summary>When the percentage was reached.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was left, or null while it is the current percentage.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Errors per exposed action, 0 to 1; null without any.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>The mean latency of exposed actions; null without any.</summary>
    public TimeSpan? MeanLatency { get; init; }

    /// <summary>Exposed actions per second; null while the step lasts.</summary>
    public double? Throughput { get; init; }

    /// <summary>Distinct users with the flag on that had not been counted before in the same round.</summary>
    public long ExposedUnits { get; init; }

    /// <summary>Distinct users with the flag off that had not been counted before in the same round.</summary>
    public long ControlUnits { get; init; }
}
