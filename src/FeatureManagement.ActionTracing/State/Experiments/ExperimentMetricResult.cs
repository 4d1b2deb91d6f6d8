namespace FeatureManagement.ActionTracing;

/// <summary>One metric of an experiment. Immutable.</summary>
public sealed class ExperimentMetricResult
{
    /// <summary>The metric.</summary>
    public required string Name { get; init; }

    /// <summary>How it is counted.</summary>
    public required MetricKind Kind { get; init; }

    /// <summary>What it is for. Secondary metrics are exploratory: each has the bound on false claims to itself.</summary>
    public required MetricRole Role { get; init; }

    /// <summary>Whether more is better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>The variants, control among them, in the order of their names.</summary>
    public required IReadOnlyList<ExperimentArm> Variants { get; init; }

    /// <summary>Each other variant against control.</summary>
    public required IReadOnlyList<ExperimentComparison> Comparisons { get; init; }
}
