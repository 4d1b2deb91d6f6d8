using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// What was seen of one arm of a step, exposed or control, in distinct units. All are cumulative since the step began.
/// What was counted earlier in the round is not counted again.
/// </summary>
internal readonly record struct ArmCounts
{
    /// <summary>Units that got an answer from the bucket inside an action: what the split is judged by.</summary>
    public long Units { get; init; }

    /// <summary>
    /// Units with a comparable outcome in this step (not one that the flag's own "off" cut short) and none before that
    /// was bad.
    /// </summary>
    public long AtRisk { get; init; }

    /// <summary>Units with a bad outcome. Never more than <see cref="AtRisk"/>.</summary>
    public long Bad { get; init; }

    /// <summary>The natural logarithm of the milliseconds of each unit's first comparable outcome in the round.</summary>
    public Moments Latency { get; init; }

    /// <summary>The same as <see cref="AtRisk"/>, of being slow, since the slow threshold was set.</summary>
    public long SlowAtRisk { get; init; }

    /// <summary>Units with an outcome slower than the slow threshold. Never more than <see cref="SlowAtRisk"/>.</summary>
    public long Slow { get; init; }

    public static ArmCounts operator +(ArmCounts left, ArmCounts right) => new()
    {
        Units = left.Units + right.Units,
        AtRisk = left.AtRisk + right.AtRisk,
        Bad = left.Bad + right.Bad,
        Latency = left.Latency + right.Latency,
        SlowAtRisk = left.SlowAtRisk + right.SlowAtRisk,
        Slow = left.Slow + right.Slow,
    };
}
