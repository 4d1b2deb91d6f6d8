using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>One metric of an experiment. Immutable.</summary>
public sealed record ExperimentMetric
{
    [JsonConstructor]
    internal ExperimentMetric()
    {
    }

    /// <summary>The metric's name, unique within its experiment without regard to case.</summary>
    [JsonInclude, JsonRequired]
    public string Name { get; internal init; } = "";

    /// <summary>Whether units convert or have a value.</summary>
    [JsonInclude, JsonRequired]
    public MetricKind Kind { get; internal init; }

    /// <summary>Whether more is better. The default is true.</summary>
    [JsonInclude]
    public bool HigherIsBetter { get; internal init; } = true;

    /// <summary>What the metric is for.</summary>
    [JsonInclude]
    public MetricRole Role { get; internal init; } = MetricRole.Secondary;

    /// <summary>Values above this count as this, or null.</summary>
    [JsonInclude]
    public double? Cap { get; internal init; }

    /// <summary>
    /// A unit's values count for this long after its first exposure, and the unit counts when that has passed; null for
    /// no window.
    /// </summary>
    [JsonInclude]
    public TimeSpan? Window { get; internal init; }
}
