using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>The sums of one variant in one step.</summary>
internal sealed class VariantTally
{
    public int Step { get; init; }

    public int Variant { get; init; }

    /// <summary>Units whose first exposure ever was here.</summary>
    public long Units { get; set; }

    /// <summary>Distinct units that were exposed here, for the sample ratio.</summary>
    [JsonPropertyName("split")]
    public long Sampled { get; set; }

    public required MetricTally[] Metrics { get; init; }

    /// <summary>The units that count for a metric, and their values.</summary>
    public Moments Of(ExperimentMetric metric, int place)
    {
        if (metric.Kind == MetricKind.Continuous)
            return Metrics[place].Values;
        if (CountsOf(metric, place) is var (units, ones))
            return Moments.OfBinary(units, ones);
        return default;
    }

    /// <summary>The units that count for a binary metric, and those of them that converted.</summary>
    public (long Units, long Ones) CountsOf(ExperimentMetric metric, int place) =>
        (metric.Window is null ? Units : Metrics[place].Count, Metrics[place].Ones);

    public VariantTally Copy() => new() { Step = Step, Variant = Variant, Units = Units, Sampled = Sampled, Metrics = [.. Metrics] };
}
