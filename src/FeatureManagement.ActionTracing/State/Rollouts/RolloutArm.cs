using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// What was seen of one arm of a step, in distinct users (bucketing keys). All counts are since the step began.
/// Immutable.
/// </summary>
/// <remarks>
/// A guarantee for the whole rollout needs that nobody speaks again and again: whoever was counted in an earlier step
/// of the same round does not count in <see cref="Units"/> and <see cref="LatencyCount"/>, and whoever was bad or slow
/// in any step of the rollout is not at risk of it in a later one.
/// </remarks>
public sealed record RolloutArm
{
    /// <summary>Users whose answer the bucket decided.</summary>
    public long Units { get; init; }

    /// <summary>
    /// Users with a comparable outcome in this step (not of an action in which a gate of the flag answered) who had met
    /// no error in an earlier one.
    /// </summary>
    public long AtRisk { get; init; }

    /// <summary>Of those at risk, users with an error, each once.</summary>
    public long Bad { get; init; }

    /// <summary>Users whose first latency is in <see cref="LatencyMean"/>.</summary>
    public long LatencyCount { get; init; }

    /// <summary>The mean of the natural logarithm of each user's first latency in milliseconds, at least 0.001 ms.</summary>
    public double LatencyMean { get; init; }

    /// <summary>The sum of squared differences from <see cref="LatencyMean"/>.</summary>
    public double LatencySumOfSquares { get; init; }

    /// <summary>
    /// Users with a comparable outcome in this step since the slow threshold is known, who had not been slower in an
    /// earlier one.
    /// </summary>
    public long SlowAtRisk { get; init; }

    /// <summary>Of those, users with an action slower than it, each once.</summary>
    public long Slow { get; init; }

    /// <summary>
    /// Users with the flag on whose first action behind a gate of the flag, in the whole rollout, has begun in this
    /// step; one that runs is no failure yet. 0 where a source knows of no gates.
    /// </summary>
    public long GatedUnits { get; init; }

    /// <summary>Of those, users for whom it failed.</summary>
    public long GatedBad { get; init; }

    internal Moments Latency => new(LatencyCount, LatencyMean, LatencySumOfSquares);

    /// <summary>The counts of two steps together; latencies are not, for steps are never compared with each other.</summary>
    internal RolloutArm Plus(RolloutArm other) => new()
    {
        Units = Units + other.Units,
        AtRisk = AtRisk + other.AtRisk,
        Bad = Bad + other.Bad,
        SlowAtRisk = SlowAtRisk + other.SlowAtRisk,
        Slow = Slow + other.Slow,
        GatedUnits = GatedUnits + other.GatedUnits,
        GatedBad = GatedBad + other.GatedBad,
    };
}
