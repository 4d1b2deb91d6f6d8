using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Flags.Rollouts;

/// <summary>How far the dates and durations of a plan reach: nothing that is computed from them leaves the calendar. Pure.</summary>
internal static class RolloutBounds
{
    /// <summary>The longest duration, and the farthest distance of a date from now.</summary>
    public static readonly TimeSpan Century = TimeSpan.FromDays(36_525);

    /// <summary>The longest <see cref="SafetyThresholds.ThresholdWindow"/>.</summary>
    public static readonly TimeSpan MaxWindow = TimeSpan.FromDays(1);

    /// <summary>A later or earlier time; the end of the calendar where that lies beyond it.</summary>
    public static DateTimeOffset Add(DateTimeOffset at, TimeSpan time)
    {
        if (time >= TimeSpan.Zero)
            return time > DateTimeOffset.MaxValue - at ? DateTimeOffset.MaxValue : at + time;
        if (at - DateTimeOffset.MinValue < time.Negate())
            return DateTimeOffset.MinValue;
        return at + time;
    }

    /// <summary>What of a plan lies beyond the bounds, each beginning with the field.</summary>
    public static IEnumerable<string> Check(RolloutConfig plan, DateTimeOffset now)
    {
        if (plan.StartAt is { } start && (start > Add(now, Century) || start < Add(now, -Century)))
            yield return Text($"startAt is {start.UtcDateTime:u}; it must be within 100 years of now");
        if (plan.Duration > Century)
            yield return Long("duration", plan.Duration);
        if (plan.Schedule.Any(entry => entry.After > Century))
            yield return Long("schedule.after", plan.Schedule.Max(entry => entry.After));
        if (plan.SlowThreshold > Century)
            yield return Long("slowThreshold", plan.SlowThreshold.Value);
        if (plan.MaxHold > Century)
            yield return Long("maxHold", plan.MaxHold);
        if (plan.SafetyThresholds is { } thresholds
            && (thresholds.ThresholdWindow <= TimeSpan.Zero || thresholds.ThresholdWindow > MaxWindow))
            yield return Text(
                $"safetyThresholds.thresholdWindow is {thresholds.ThresholdWindow:c}; it must be longer than zero "
                + $"and at most {MaxWindow:c}");
    }

    private static string Long(string field, TimeSpan value) => Text($"{field} is {value:c}; it must be at most 100 years ({Century:c})");

    private static string Text(InvariantText text) => text.ToString();
}
