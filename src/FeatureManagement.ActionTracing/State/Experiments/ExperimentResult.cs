namespace FeatureManagement.ActionTracing;

/// <summary>
/// What an experiment has shown so far. May be read at any time and any number of times: every interval and p-value holds at all
/// checks together. Immutable.
/// </summary>
public sealed record ExperimentResult
{
    /// <summary>The flag.</summary>
    public required string Flag { get; init; }

    /// <summary>Which run of the flag's experiment, from 1: an edit of what is measured begins another.</summary>
    public required int Run { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When this was worked out.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The variant that the others are compared with.</summary>
    public required string Control { get; init; }

    /// <summary>The metric that decides.</summary>
    public required string PrimaryMetric { get; init; }

    /// <summary>The bound on false claims, over all comparisons of the primary metric together.</summary>
    public required double Alpha { get; init; }

    /// <summary>Units over all variants at which intervals are tightest.</summary>
    public required int PlannedUnits { get; init; }

    /// <summary>Distinct units that were exposed.</summary>
    public required long Units { get; init; }

    /// <summary>The verdict over all variants: better where one of them is, worse where all of them are.</summary>
    public required ExperimentVerdict Verdict { get; init; }

    /// <summary>The verdict in a sentence, with what it still needs.</summary>
    public required string Summary { get; init; }

    /// <summary>Whether units are allocated as configured.</summary>
    public required ExperimentSampleRatio SampleRatio { get; init; }

    /// <summary>The metrics, the primary one first.</summary>
    public required IReadOnlyList<ExperimentMetricResult> Metrics { get; init; }

    /// <summary>The intervals of the primary metric at earlier checks, oldest first.</summary>
    public required IReadOnlyList<ExperimentPoint> History { get; init; }
}
