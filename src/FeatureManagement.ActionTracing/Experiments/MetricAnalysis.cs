using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Compares the variants of a run with control in one metric. Pure.</summary>
internal static class MetricAnalysis
{
    public static ExperimentMetricResult Of(
        ExperimentRun run, ExperimentTally tally, ExperimentMetric metric, bool hasMismatch, ExperimentEvidence earlier,
        DateTimeOffset now)
    {
        int place = run.MetricOf(metric.Name);
        int control = run.Control;
        Moments[] totals = [.. run.Variants.Select(
            (_, variant) => run.Steps.Aggregate(default(Moments), (sum, step) => sum + MomentsOf(step, variant)))];
        return new ExperimentMetricResult
        {
            Name = metric.Name,
            Kind = metric.Kind,
            Role = metric.Role,
            HigherIsBetter = metric.HigherIsBetter,
            Variants =
                [.. run.Variants.Select((variant, i) =>
                    new ExperimentArm(variant, totals[i].Count, totals[i].Count == 0 ? null : totals[i].Mean))],
            Comparisons = [.. Enumerable.Range(0, run.Variants.Count).Where(variant => variant != control).Select(Decide)],
        };

        Moments MomentsOf(ExperimentStep step, int variant) => tally.Find(step.Number, variant)?.Of(metric, place) ?? default;

        // A verdict of a guardrail against a variant is final, with its numbers: later numbers would only seem to deny it.
        ExperimentComparison Decide(int variant)
        {
            if (!hasMismatch && earlier.FinalOf(metric.Name, run.Variants[variant]) is { } final)
                return final;
            ExperimentComparison found = Compare(variant);
            if (metric.Role == MetricRole.Guardrail && found.Verdict == ExperimentVerdict.Worse)
                return found with { DecidedAt = now };
            return found;
        }

        ExperimentComparison Compare(int variant)
        {
            if (metric is { Role: MetricRole.Guardrail, Kind: MetricKind.Binary })
                return GuardrailComparison.Of(
                    run, metric, variant, totals[variant], totals[control], hasMismatch,
                    earlier.GuardrailOf(metric.Name, run.Variants[variant]));
            MeanDifference difference = run.Steps.Aggregate(
                default(MeanDifference), (sum, step) => sum + MeanDifference.Of(MomentsOf(step, variant), MomentsOf(step, control)));
            string? missing = ExperimentWords.Missing(metric, run.Variants[variant], totals[variant], run.Config.Control, totals[control]);
            return MeanComparison.Of(
                run, metric, variant, difference, missing, hasMismatch, earlier.PValueOf(metric.Name, run.Variants[variant]),
                isFull: tally.Units >= run.Config.PlannedUnits);
        }
    }
}
