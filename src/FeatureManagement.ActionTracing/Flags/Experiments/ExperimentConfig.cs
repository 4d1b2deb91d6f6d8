namespace FeatureManagement.ActionTracing;

/// <summary>What a multivariate flag measures: <c>experiment</c>. Immutable.</summary>
public sealed record ExperimentConfig
{
    /// <summary>The variant that the others are compared with.</summary>
    public required string Control { get; init; }

    /// <summary>The metric that decides.</summary>
    public required string PrimaryMetric { get; init; }

    /// <summary>All metrics, the primary one among them, in ordinal case-insensitive order of their names.</summary>
    public required IReadOnlyList<ExperimentMetric> Metrics { get; init; }

    /// <summary>Units over all variants at which intervals are tightest. The default is 10,000.</summary>
    public int PlannedUnits { get; init; } = 10_000;

    /// <summary>The family-wise bound on false claims, between 0 and 1. The default is 0.05.</summary>
    public double Alpha { get; init; } = 0.05;
}
