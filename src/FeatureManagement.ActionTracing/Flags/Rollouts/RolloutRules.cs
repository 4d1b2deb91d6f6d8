using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Flags.Rollouts;

/// <summary>What must hold of a plan, wherever it comes from. Configuration has been checked for it before; code has not.</summary>
internal static class RolloutRules
{
    /// <summary>Everything that is wrong, each beginning with the field.</summary>
    public static IReadOnlyList<string> Check(RolloutConfig plan)
    {
        var faults = new List<string>();
        if (plan.Duration <= TimeSpan.Zero)
            Fault($"duration is {plan.Duration:c}; it must be longer than zero");
        if (plan.StartPercentage is < 0 or > 100)
            Fault($"startPercentage is {plan.StartPercentage}; it must be between 0 and 100");
        if (plan.TargetPercentage is < 0 or > 100)
            Fault($"targetPercentage is {plan.TargetPercentage}; it must be between 0 and 100");
        if (plan.Type == RolloutType.Stepped && (plan.Checkpoints.Count == 0 || !Rises(plan.Checkpoints)))
            Fault($"checkpoints are {string.Join(", ", plan.Checkpoints)}; they must rise within 0 and 100, and "
                + $"there must be one at least");
        if (plan.Type == RolloutType.Custom
            && (plan.Schedule is not [.., { After.Ticks: > 0 }] || !Rises([.. plan.Schedule.Select(entry => entry.Percentage)])
            || plan.Schedule.Zip(plan.Schedule.Skip(1)).Any(pair => pair.Second.After <= pair.First.After)))
            Fault($"schedule has {plan.Schedule.Count} entries; there must be one at least, and times and "
                + $"percentages must rise from entry to entry, within 0 and 100");
        if (WrongEnd(plan) is { } end)
            faults.Add("targetPercentage " + end);
        if (plan.SafetyThresholds is { MaxErrorRateWithoutControl: not (>= 0.001 and <= 1) } thresholds)
            Fault($"safetyThresholds.maxErrorRateWithoutControl is {thresholds.MaxErrorRateWithoutControl}; it must "
                + $"be between 0.001 and 1, which switches it off");
        if (!(plan.Alpha is > 0 and < 1))
            Fault($"alpha is {plan.Alpha}; it must lie between 0 and 1");
        if (!(plan.MaxErrorRateIncrease is >= 0 and <= 100))
            Fault($"maxErrorRateIncrease is {plan.MaxErrorRateIncrease}; it must be between 0 and 100");
        if (!(plan.MaxLatencyIncrease is >= 0 and <= 100))
            Fault($"maxLatencyIncrease is {plan.MaxLatencyIncrease}; it must be between 0 and 100");
        if (plan.SlowThreshold <= TimeSpan.Zero)
            Fault($"slowThreshold is {plan.SlowThreshold:c}; it must be longer than zero");
        if (plan.MaxHold < TimeSpan.Zero)
            Fault($"maxHold is {plan.MaxHold:c}; it cannot be negative");
        return faults;

        void Fault(InvariantText text) => faults.Add(text.ToString());
    }

    /// <summary>What is wrong with a target that is not where the plan's own list of percentages ends; null where it is.</summary>
    public static string? WrongEnd(RolloutConfig plan)
    {
        if (plan.ListEnd is not { } end || end == plan.TargetPercentage)
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"is {plan.TargetPercentage}, and the last "
            + $"of {(plan.Type == RolloutType.Custom ? "schedule" : "checkpoints")} is {end}; both must be "
            + $"the same: leave targetPercentage out, or end the list with it");
    }

    /// <summary>
    /// What a plan says and its type does not go by, each beginning with the field. An overlay that changes the type
    /// inherits such fields; a plan that is written whole has no use for them.
    /// </summary>
    public static IEnumerable<string> Unused(RolloutConfig plan)
    {
        if (plan.Type != RolloutType.Stepped && plan.HasOwnCheckpoints)
            yield return $"checkpoints have no effect: only a stepped rollout has them, and type is {FlagSpelling.Write(plan.Type)}";
        if (plan.Type != RolloutType.Custom && plan.Schedule.Count > 0)
            yield return $"schedule has no effect: only a custom rollout has one, and type is {FlagSpelling.Write(plan.Type)}";
        if (plan is { Type: RolloutType.Custom, Schedule: [.., { After: var last }] }
            && plan.Duration != last
            && plan.Duration != RolloutConfig.DefaultDuration)
            yield return string.Create(CultureInfo.InvariantCulture, $"duration is {plan.Duration:c} and has no "
                + $"effect: a custom rollout takes until the last time of its schedule, which is {last:c}");
    }

    private static bool Rises(IReadOnlyList<decimal> percentages) =>
        percentages.All(percentage => percentage is >= 0 and <= 100)
        && percentages.Zip(percentages.Skip(1)).All(pair => pair.First <= pair.Second);
}
