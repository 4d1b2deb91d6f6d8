using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes.Rollouts;

/// <summary>Checks whether a rollout may start. Pure.</summary>
internal static class RolloutStartCheck
{
    /// <summary>The percentage at which the rollout starts.</summary>
    /// <param name="configured">The flag as configuration says.</param>
    /// <param name="record">The flag's run-time state.</param>
    /// <param name="plan">The plan of the rollout.</param>
    /// <param name="requested">The plan that the request has, or null.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="FlagChangeException">The plan is invalid, or the flag cannot be rolled out now.</exception>
    public static decimal StartOf(
        FlagDefinition configured, FlagRecord record, RolloutConfig plan, RolloutConfig? requested, DateTimeOffset now)
    {
        CheckPlan(configured.Name, plan, requested, now);
        if (record.Rollout is not null)
            throw RolloutRefusal.Conflict($"Flag '{configured.Name}' already has a rollout. Roll it back or complete it first.");
        if (record.Emergency is not null || configured.State == FlagState.EmergencyOff)
            throw RolloutRefusal.Conflict(
                $"Flag '{configured.Name}' is in emergency; it cannot be rolled out. Clear the emergency first.");
        decimal current = PercentageNow(configured, record);
        decimal start = plan.StartPercentage ?? Math.Max(1, current);
        if (start < current)
            throw RolloutRefusal.Conflict(Text(
                $"Flag '{configured.Name}' is on for {current} % now; a rollout that starts at {start} % would take it "
                    + $"away from users. Start at {current} % or above."));
        if (plan.TargetPercentage <= start)
            throw RolloutRefusal.Conflict(Text(
                $"Flag '{configured.Name}' would start at {start} %; the target must be above it, and is {plan.TargetPercentage} %."));
        return start;
    }

    private static void CheckPlan(string flag, RolloutConfig plan, RolloutConfig? requested, DateTimeOffset now)
    {
        List<string> faults = [.. RolloutRules.Check(plan), .. RolloutBounds.Check(plan, now)];
        if (requested is not null)
            faults.AddRange(RolloutRules.Unused(requested));
        if (faults.Count > 0)
        {
            string[] errors = [.. faults.Select(fault => $"Flag '{flag}': rolloutConfig.{fault}.")];
            throw new FlagChangeException(FlagChangeError.Invalid, errors);
        }
    }

    /// <summary>The percentage at which a rollout finds the flag.</summary>
    private static decimal PercentageNow(FlagDefinition configured, FlagRecord record)
    {
        FlagOverride? applied = null;
        if (record.Override?.Baseline == Baseline.Of(configured))
            applied = record.Override;
        return (applied?.State ?? configured.State) switch
        {
            FlagState.Enabled => 100,
            FlagState.Canary or FlagState.Rollout => applied?.Percentage ?? configured.Percentage,
            _ => 0,
        };
    }

    private static string Text(InvariantText text) => text.ToString();
}
