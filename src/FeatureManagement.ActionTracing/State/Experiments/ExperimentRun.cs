using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>
/// An experiment with everything frozen that must not change once data has been seen. What is measured belongs to the
/// run: an edit begins another one. Immutable.
/// </summary>
internal sealed record ExperimentRun
{
    public required string Flag { get; init; }

    /// <summary>Counts the runs of the flag, from 1.</summary>
    public required int Number { get; init; }

    public required ExperimentConfig Config { get; init; }

    /// <summary>The names of the variants; everything else refers to them by their places.</summary>
    public required IReadOnlyList<string> Variants { get; init; }

    /// <summary>The steps, the current one last.</summary>
    public required IReadOnlyList<ExperimentStep> Steps { get; init; }

    public ExperimentStep Step => Steps[^1];

    public IReadOnlyList<ExperimentMetric> Metrics => Config.Metrics;

    /// <summary>The place of the control variant.</summary>
    public int Control => Enumerable.Range(0, Variants.Count)
        .First(i => string.Equals(Variants[i], Config.Control, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where the units of the run are kept.</summary>
    public string Key => FlagKey.Of(Flag) + "/" + Number;

    public int MetricOf(string name)
    {
        for (int i = 0; i < Metrics.Count; i++)
            if (string.Equals(Metrics[i].Name, name, StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }
}
