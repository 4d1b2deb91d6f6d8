namespace FeatureManagement.ActionTracing;

/// <summary>One entry of a custom schedule: from this much monitored time on, this percentage.</summary>
/// <param name="After">MonitoredTime time since the start of the rollout.</param>
/// <param name="Percentage">The percentage of users, 0 to 100.</param>
public readonly record struct RolloutScheduleEntry(TimeSpan After, decimal Percentage);
