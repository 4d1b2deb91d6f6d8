using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>The sums of one metric.</summary>
/// <param name="Count">Units whose window has closed.</param>
/// <param name="Ones">Units that converted, for a binary metric.</param>
/// <param name="Values">The values, for a continuous metric.</param>
internal readonly record struct MetricTally(long Count, long Ones, Moments Values)
{
    public MetricTally Add(MetricKind kind, double value)
    {
        if (kind == MetricKind.Binary)
            return this with { Count = Count + 1, Ones = Ones + (value > 0 ? 1 : 0) };
        return this with { Count = Count + 1, Values = Values.Add(value) };
    }
}
