namespace FeatureManagement.ActionTracing;

/// <summary>One entry of a custom schedule: from this much monitored time on, this percentage.</summary>
public readonly record struct RolloutScheduleEntry
{
    /// <summary>Creates an entry.</summary>
    /// <param name="after">Monitored time since the start of the rollout.</param>
    /// <param name="percentage">The percentage of users, 0 to 100.</param>
    public RolloutScheduleEntry(TimeSpan after, decimal percentage)
    {
        After = after;
        Percentage = percentage;
    }

    /// <summary>Monitored time since the start of the rollout.</summary>
    public TimeSpan After { get; init; }

    /// <summary>The percentage of users, 0 to 100.</summary>
    public decimal Percentage { get; init; }
}
