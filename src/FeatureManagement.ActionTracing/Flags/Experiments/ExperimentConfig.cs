using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>What a multivariate flag measures: <c>experiment</c>. Immutable.</summary>
public sealed record ExperimentConfig
{
    [JsonConstructor]
    internal ExperimentConfig()
    {
    }

    /// <summary>The variant that the others are compared with.</summary>
    [JsonInclude, JsonRequired]
    public string Control { get; internal init; } = "";

    /// <summary>The metric that decides.</summary>
    [JsonInclude, JsonRequired]
    public string PrimaryMetric { get; internal init; } = "";

    /// <summary>All metrics, the primary one among them, in ordinal case-insensitive order of their names.</summary>
    [JsonInclude, JsonRequired]
    public IReadOnlyList<ExperimentMetric> Metrics { get; internal init; } = [];

    /// <summary>Units over all variants at which intervals are tightest. The default is 10,000.</summary>
    [JsonInclude]
    public int PlannedUnits { get; internal init; } = 10_000;

    /// <summary>The family-wise bound on false claims, between 0 and 1. The default is 0.05.</summary>
    [JsonInclude]
    public double Alpha { get; internal init; } = 0.05;
}
