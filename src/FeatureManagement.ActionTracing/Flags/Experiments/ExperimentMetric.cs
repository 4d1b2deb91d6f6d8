namespace FeatureManagement.ActionTracing;

/// <summary>One metric of an experiment. Immutable.</summary>
public sealed record ExperimentMetric
{
    /// <summary>The metric's name, unique within its experiment without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>Whether units convert or have a value.</summary>
    public required MetricKind Kind { get; init; }

    /// <summary>Whether more is better. The default is true.</summary>
    public bool HigherIsBetter { get; init; } = true;

    /// <summary>What the metric is for.</summary>
    public MetricRole Role { get; init; } = MetricRole.Secondary;

    /// <summary>Values above this count as this, or null.</summary>
    public double? Cap { get; init; }

    /// <summary>
    /// A unit's values count for this long after its first exposure, and the unit counts when that has passed; null for
    /// no window.
    /// </summary>
    public TimeSpan? Window { get; init; }
}
