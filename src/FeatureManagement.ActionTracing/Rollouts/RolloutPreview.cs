using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>The steps of a rollout that is always healthy. Pure.</summary>
internal static class RolloutPreview
{
    private const int MaxSteps = 500;

    /// <param name="configured">The flag as configured.</param>
    /// <param name="record">The flag's run-time record.</param>
    /// <param name="plan">The rollout's own plan, or null for the flag's.</param>
    /// <param name="interval">The time between steps.</param>
    /// <param name="now">The time of the start.</param>
    /// <exception cref="FlagChangeException">The start is refused.</exception>
    public static IReadOnlyList<RolloutPreviewStep> Of(
        FlagDefinition configured, FlagRecord record, RolloutConfig? plan, TimeSpan interval, DateTimeOffset now)
    {
        FlagRecord idle = record with { Rollout = null, Emergency = null };
        // Starting leaves one.
        RolloutRecord rollout = RolloutChanges.Start(configured, idle, "", plan, new FlagChange("", ""), now).Rollout!;
        decimal target = rollout.Plan.TargetPercentage;
        TimeSpan duration = RolloutCurve.Duration(rollout.Plan);
        if (duration / interval > MaxSteps)
            interval = duration / MaxSteps;
        var steps = new List<RolloutPreviewStep> { new(rollout.StartedAt, rollout.Start, RolloutCurve.PhaseOf(rollout.Start)) };
        for (TimeSpan at = interval; at < duration; at += interval)
        {
            decimal percentage = RolloutCurve.At(rollout.Plan, rollout.Start, at);
            if (percentage > steps[^1].Percentage && percentage < target)
                steps.Add(new(RolloutBounds.Add(rollout.StartedAt, at), percentage, RolloutCurve.PhaseOf(percentage)));
        }
        steps.Add(new(RolloutBounds.Add(rollout.StartedAt, duration), target, RolloutPhase.Complete));
        return steps;
    }
}
