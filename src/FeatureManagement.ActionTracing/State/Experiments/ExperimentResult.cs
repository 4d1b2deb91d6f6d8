using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// What an experiment has shown so far. May be read at any time and any number of times: every interval and p-value holds at all
/// checks together. Immutable.
/// </summary>
public sealed record ExperimentResult
{
    [JsonConstructor]
    internal ExperimentResult()
    {
    }

    /// <summary>The flag.</summary>
    [JsonInclude, JsonRequired]
    public string Flag { get; internal init; } = "";

    /// <summary>Which run of the flag's experiment, from 1: an edit of what is measured begins another.</summary>
    [JsonInclude, JsonRequired]
    public int Run { get; internal init; }

    /// <summary>When the run began.</summary>
    [JsonInclude, JsonRequired]
    public DateTimeOffset Started { get; internal init; }

    /// <summary>When this was worked out.</summary>
    [JsonInclude, JsonRequired]
    public DateTimeOffset At { get; internal init; }

    /// <summary>The variant that the others are compared with.</summary>
    [JsonInclude, JsonRequired]
    public string Control { get; internal init; } = "";

    /// <summary>The metric that decides.</summary>
    [JsonInclude, JsonRequired]
    public string PrimaryMetric { get; internal init; } = "";

    /// <summary>The bound on false claims, over all comparisons of the primary metric together.</summary>
    [JsonInclude, JsonRequired]
    public double Alpha { get; internal init; }

    /// <summary>Units over all variants at which intervals are tightest.</summary>
    [JsonInclude, JsonRequired]
    public int PlannedUnits { get; internal init; }

    /// <summary>Distinct units that were exposed.</summary>
    [JsonInclude, JsonRequired]
    public long Units { get; internal init; }

    /// <summary>The verdict over all variants: better where one of them is, worse where all of them are.</summary>
    [JsonInclude, JsonRequired]
    public ExperimentVerdict Verdict { get; internal init; }

    /// <summary>The verdict in a sentence, with what it still needs.</summary>
    [JsonInclude, JsonRequired]
    public string Summary { get; internal init; } = "";

    /// <summary>Whether units are allocated as configured.</summary>
    [JsonInclude, JsonRequired]
    public ExperimentSampleRatio SampleRatio { get; internal init; } = new();

    /// <summary>The metrics, the primary one first.</summary>
    [JsonInclude, JsonRequired]
    public IReadOnlyList<ExperimentMetricResult> Metrics { get; internal init; } = [];

    /// <summary>The intervals of the primary metric at earlier checks, oldest first.</summary>
    [JsonInclude, JsonRequired]
    public IReadOnlyList<ExperimentPoint> History { get; internal init; } = [];
}
