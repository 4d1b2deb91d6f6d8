using System.Globalization;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>What an analysis says to people, and the minimums below which it says nothing.</summary>
internal static class ExperimentWords
{
    private const int MinimumUnits = 100;
    private const int MinimumConversions = 10;
    private const int MinimumValues = 1_000;

    /// <summary>What a comparison still needs before anything may be decided; null where it has it.</summary>
    public static string? Missing(ExperimentMetric metric, string variant, Moments treated, string control, Moments compared)
    {
        int minimum = MinimumValues;
        if (metric.Kind == MetricKind.Binary)
            minimum = MinimumUnits;
        var parts = new List<string>();
        if (treated.Count < minimum)
            parts.Add($"{Number(minimum - treated.Count)} more units in {variant}");
        if (compared.Count < minimum)
            parts.Add($"{Number(minimum - compared.Count)} more units in {control}");
        double conversions = Math.Round(treated.Mean * treated.Count + compared.Mean * compared.Count);
        if (metric.Kind == MetricKind.Binary && conversions < MinimumConversions)
            parts.Add($"{Number((long)(MinimumConversions - conversions))} more conversions");
        if (parts.Count == 0)
            return null;
        return string.Join(" and ", parts);
    }

    /// <param name="comparison">What was found.</param>
    /// <param name="metric">In which metric.</param>
    /// <param name="control">The variant that is compared with.</param>
    /// <param name="missing">What it still needs; null where it has it.</param>
    /// <param name="isFull">Whether all planned units are in: to keep running is no advice then.</param>
    public static string Of(
        ExperimentComparison comparison, ExperimentMetric metric, string control, string? missing, bool isFull) => comparison.Verdict switch
        {
            ExperimentVerdict.SampleRatioMismatch => "Sample ratio mismatch: this cannot be compared.",
            ExperimentVerdict.Better => $"{comparison.Variant} is better than {control} in {metric.Name}: {Effect(comparison, metric)}.",
            ExperimentVerdict.Worse => $"{comparison.Variant} is worse than {control} in {metric.Name}: {Effect(comparison, metric)}.",
            _ when missing is not null => $"Keep running: needs {missing}.",
            _ when comparison.Difference is null => isFull
                ? "No difference shown: all values are the same."
                : "Keep running: so far all values are the same.",
            _ when isFull => $"No difference shown between {comparison.Variant} and {control} "
                + $"in {metric.Name}: {Effect(comparison, metric)}.",
            _ => $"Keep running: no difference yet between {comparison.Variant} and {control} "
                + $"in {metric.Name}: {Effect(comparison, metric)}.",
        };

    /// <summary>Of a guardrail that units convert in.</summary>
    public static string OfGuardrail(
        ExperimentComparison comparison, ExperimentMetric metric, string control, Moments treated, Moments compared)
    {
        string rates = $"{Percent(treated)} against {Percent(compared)}";
        string bound = metric.HigherIsBetter ? $"at most {Times(comparison.Lift?.High)}" : $"at least {Times(comparison.Lift?.Low)}";
        return comparison.Verdict switch
        {
            ExperimentVerdict.SampleRatioMismatch => "Sample ratio mismatch: this cannot be compared.",
            _ when treated.Count == 0 || compared.Count == 0 =>
                $"Keep running: needs units in {(treated.Count == 0 ? comparison.Variant : control)}.",
            ExperimentVerdict.Worse => $"{comparison.Variant} is worse than {control} in {metric.Name}: {rates}"
                + (comparison.Lift is { } lift ? $", {Times(lift.Estimate)} as frequent, {bound}." : "."),
            _ => $"Keep running: too little speaks against {comparison.Variant} in {metric.Name} so far: {rates}.",
        };
    }

    public static (ExperimentVerdict Verdict, string Summary) Overall(
        ExperimentRun run, ExperimentSampleRatio sampleRatio, IReadOnlyList<ExperimentMetricResult> metrics, long units)
    {
        if (sampleRatio.IsMismatch)
            return (ExperimentVerdict.SampleRatioMismatch,
                "Sample ratio mismatch: "
                    + string.Join(", ", sampleRatio.Allocation.Select(variant => $"{variant.Variant} has {Number(variant.Units)} "
                        + $"units and should have {Number((long)Math.Round(variant.Expected))}"))
                + ". No result can be trusted. Usual causes: exposures lost after a crash or redirect, filtered bots, "
                + "cached decisions, weights that reached instances at different times. Find the cause and begin a new run.");

        var harmed = metrics.Where(metric => metric.Role == MetricRole.Guardrail)
            .SelectMany(metric => metric.Comparisons.Where(comparison => comparison.Verdict == ExperimentVerdict.Worse))
            .ToLookup(comparison => comparison.Variant, comparison => comparison.Summary);
        IReadOnlyList<ExperimentComparison> primary = metrics[0].Comparisons;
        ExperimentComparison[] better = [.. primary.Where(
            comparison => comparison.Verdict == ExperimentVerdict.Better && !harmed.Contains(comparison.Variant))];
        if (better.Length > 0)
            return (ExperimentVerdict.Better, string.Join(' ', better.Select(comparison => comparison.Summary)));
        if (primary.All(comparison => comparison.Verdict == ExperimentVerdict.Worse || harmed.Contains(comparison.Variant)))
            return (ExperimentVerdict.Worse, string.Join(
                ' ',
                primary.Select(comparison => harmed.Contains(comparison.Variant)
                    ? harmed[comparison.Variant].First()
                    : comparison.Summary)));
        string plan = "All planned units are in; if the interval contains no effect that matters, keep control.";
        if (units < run.Config.PlannedUnits)
            plan = $"{Number(units)} of {Number(run.Config.PlannedUnits)} planned units are in.";
        return (ExperimentVerdict.KeepRunning, string.Join(
            ' ',
            primary.Select(comparison => harmed.Contains(comparison.Variant) ? harmed[comparison.Variant].First() : comparison.Summary))
                + " "
                + plan);
    }

    private static string Effect(ExperimentComparison comparison, ExperimentMetric metric)
    {
        if (comparison.Lift is { } lift)
            return $"{Signed(lift.Estimate * 100)} % (between {Signed(lift.Low * 100)} % and {Signed(lift.High * 100)} %)";
        if (comparison.Difference is not { } difference)
            return "";
        if (metric.Kind == MetricKind.Binary)
            return $"{Signed(difference.Estimate * 100)} percentage points (between {Signed(difference.Low * 100)} "
            + $"and {Signed(difference.High * 100)})";
        return $"{Signed(difference.Estimate)} (between {Signed(difference.Low)} and {Signed(difference.High)})";
    }

    private static string Percent(Moments binary) => (binary.Mean * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Times(double? lift) => (1 + lift ?? 0).ToString("0.##", CultureInfo.InvariantCulture) + " ×";

    private static string Signed(double value) => value.ToString("+0.##;-0.##;0", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
