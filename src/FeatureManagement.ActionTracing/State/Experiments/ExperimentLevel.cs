using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>
/// A comparison's part of the bound on false claims, and the mixing constant. Both follow from the plan and the first
/// weights.
/// </summary>
internal readonly record struct ExperimentLevel(double Alpha, double Mixing)
{
    private const double GuardrailAlpha = 0.05;

    public static ExperimentLevel Of(ExperimentRun run, ExperimentMetric metric, int variant)
    {
        double total = (double)run.Steps[0].Weights.Sum();
        (double treated, double compared) =
            ((double)run.Steps[0].Weights[variant] / total, (double)run.Steps[0].Weights[run.Control] / total);
        double units = run.Config.PlannedUnits * treated * compared / (treated + compared);
        int comparisons = run.Variants.Count - 1;
        if (metric.Role != MetricRole.Guardrail)
            return new(run.Config.Alpha / comparisons, TwoSidedTest.MixingFor(units, run.Config.Alpha / comparisons));
        double alpha = GuardrailAlpha / (comparisons * run.Metrics.Count(other => other.Role == MetricRole.Guardrail));
        return new(alpha, OneSidedTest.MixingFor(units, alpha));
    }
}
