using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>One metric of an experiment. Immutable.</summary>
public sealed class ExperimentMetricResult
{
    [JsonConstructor]
    internal ExperimentMetricResult()
    {
    }

    /// <summary>The metric.</summary>
    [JsonInclude, JsonRequired]
    public string Name { get; internal init; } = "";

    /// <summary>How it is counted.</summary>
    [JsonInclude, JsonRequired]
    public MetricKind Kind { get; internal init; }

    /// <summary>What it is for. Secondary metrics are exploratory: each has the bound on false claims to itself.</summary>
    [JsonInclude, JsonRequired]
    public MetricRole Role { get; internal init; }

    /// <summary>Whether more is better.</summary>
    [JsonInclude, JsonRequired]
    public bool HigherIsBetter { get; internal init; }

    /// <summary>The variants, control among them, in the order of their names.</summary>
    [JsonInclude, JsonRequired]
    public IReadOnlyList<ExperimentArm> Variants { get; internal init; } = [];

    /// <summary>Each other variant against control.</summary>
    [JsonInclude, JsonRequired]
    public IReadOnlyList<ExperimentComparison> Comparisons { get; internal init; } = [];
}
