using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>Runs and sums for the analysis, written by hand.</summary>
internal static class Sums
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A run whose first variant is control.</summary>
    public static ExperimentRun Run(decimal[][] weights, params ExperimentMetric[] metrics) => new()
    {
        Flag = "layout",
        Number = 1,
        Variants = [.. "abc"[..weights[0].Length].Select(letter => letter.ToString())],
        Steps = [.. weights.Select((step, i) => new ExperimentStep(i + 1, step, Noon.AddHours(i), i + 1 < weights.Length ? Noon.AddHours(i + 1) : null))],
        Config = new ExperimentConfig { Control = "a", PrimaryMetric = metrics[0].Name, Metrics = metrics },
    };

    public static ExperimentMetric Bought { get; } = new() { Name = "bought", Kind = MetricKind.Binary, Role = MetricRole.Primary };

    public static ExperimentTally Of(ExperimentRun run, params VariantTally[] arms) =>
        new() { Closed = new long[run.Metrics.Count], Arms = [.. arms], Units = arms.Sum(arm => arm.Units) };

    /// <summary>One variant in one step; each metric has its conversions, or its values.</summary>
    public static VariantTally Arm(int step, int variant, long units, params MetricTally[] metrics) => new() { Step = step, Variant = variant, Units = units, Sampled = units, Metrics = metrics };

    public static MetricTally Ones(long ones, long closed = 0) => new(closed, ones, default);

    public static MetricTally Values(long count, double mean, double variance) => new(0, 0, new Moments(count, mean, variance * (count - 1)));
}
