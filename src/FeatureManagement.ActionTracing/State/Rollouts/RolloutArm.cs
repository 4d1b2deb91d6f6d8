using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// What was observed of one arm of a step, in distinct users (bucketing keys). All counts begin with the step.
/// Immutable.
/// </summary>
/// <remarks>
/// The guarantee for the whole rollout needs that users are not counted again and again. A user that was counted in an
/// earlier step of the same round does not count in <see cref="Units"/> and <see cref="LatencyCount"/>. A user that was
/// bad or slow in any earlier step of the rollout is no longer at risk of it.
/// </remarks>
public sealed record RolloutArm
{
    /// <summary>Users whose answer the bucket decided.</summary>
    public long Units { get; init; }

    /// <summary>
    /// Users with a comparable outcome in this step who had met no error in an earlier step. The outcome of an action
    /// in which a gate of the flag answered is not comparable.
    /// </summary>
    public long AtRisk { get; init; }

    /// <summary>Of the users at risk, those with an error, each once.</summary>
    public long Bad { get; init; }

    /// <summary>Users whose first latency is in <see cref="LatencyMean"/>.</summary>
    public long LatencyCount { get; init; }

    /// <summary>The mean of the natural logarithm of each user's first latency in milliseconds, at least 0.001 ms.</summary>
    public double LatencyMean { get; init; }

    /// <summary>The sum of squared differences from <see cref="LatencyMean"/>.</summary>
    public double LatencySumOfSquares { get; init; }

    /// <summary>
    /// Users with a comparable outcome in this step since the slow threshold is known, who had not been slower in an
    /// earlier step.
    /// </summary>
    public long SlowAtRisk { get; init; }

    /// <summary>Of those users, those with a slower action, each once.</summary>
    public long Slow { get; init; }

    /// <summary>
    /// Exposed users whose first action behind a gate of the flag, in the whole rollout, began in this step. A running
    /// action is not yet a failure. 0 where a source does not know gates.
    /// </summary>
    public long GatedUnits { get; init; }

    /// <summary>Of those users, those whose action failed.</summary>
    public long GatedBad { get; init; }

    internal Moments Latency
    {
        get => new(LatencyCount, LatencyMean, LatencySumOfSquares);
        init => (LatencyCount, LatencyMean, LatencySumOfSquares) = (value.Count, value.Mean, value.SumOfSquares);
    }

    /// <summary>The counts of two steps together, without latencies: steps are not compared with each other.</summary>
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
