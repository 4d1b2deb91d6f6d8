using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Answering;

/// <summary>
/// Counts evaluations by flag and result. Unknown names are not counted by name, because they may come from users.
/// </summary>
internal sealed class EvaluationMetrics(IMeterFactory meters)
{
    private static readonly object On = "on";
    private static readonly object Off = "off";

    public Counter<long> Evaluations { get; } = meters.Create(ActionTracingMeter.Name)
        .CreateCounter<long>("feature_flag.evaluations", "{evaluation}", "Evaluations of feature flags.");

    public static void Count(Counter<long> evaluations, CompiledFlag flag, bool on) =>
        evaluations.Add(1, new("feature_flag.key", flag.Name), new("feature_flag.result.value", on ? On : Off));
}
