using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>
/// Compares the conversions of a variant with those of control in a binary guardrail. It counts, so that it needs
/// neither many units nor large differences. Pure.
/// </summary>
internal static class GuardrailComparison
{
    public static ExperimentComparison Of(
        ExperimentRun run, ExperimentMetric metric, int variant, Moments treated, Moments control, bool hasMismatch,
        GuardrailEvidence evidence)
    {
        double alpha = ExperimentLevel.Of(run, metric, variant).Alpha;
        ExperimentInterval? ratio = evidence.Ratio(metric, alpha);
        var comparison = new ExperimentComparison
        {
            Variant = run.Variants[variant],
            Verdict = hasMismatch
                ? ExperimentVerdict.SampleRatioMismatch
                : evidence.Counts.Stops(alpha) ? ExperimentVerdict.Worse
                : ExperimentVerdict.KeepRunning,
            Summary = "",
            MinimumsMet = treated.Count > 0 && control.Count > 0 && evidence.Counts.BadExposed >= CountEvidence.MinimumBad,
            Lift = ratio is null ? null : new ExperimentInterval(ratio.Estimate - 1, ratio.Low - 1, ratio.High - 1),
            PValue = evidence.Counts.PValue,
        };
        return comparison with { Summary = ExperimentWords.OfGuardrail(comparison, metric, run.Config.Control, treated, control) };
    }
}
