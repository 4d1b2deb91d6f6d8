using System.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>The tags of an evaluation by OpenTelemetry's conventions for feature flags.</summary>
internal static class FlagTags
{
    public const string Event = "feature_flag.evaluation";

    private static readonly object On = true;
    private static readonly object Off = false;

    public static ActivityTagsCollection Of(CompiledFlag flag, EvaluationReason reason, int variant, TraceVerbosity verbosity)
    {
        var tags = new ActivityTagsCollection
        {
            ["feature_flag.key"] = flag.Name,
            ["feature_flag.provider.name"] = ActionTracingSource.Name,
            ["feature_flag.result.value"] = reason.IsOn() ? On : Off,
        };
        if (variant >= 0)
            tags["feature_flag.result.variant"] = flag.Variants!.NameOf(variant);
        if (verbosity >= TraceVerbosity.Detailed)
        {
            tags["feature_flag.result.reason"] = ReasonOf(reason);
            tags["feature_flag.result.rule"] = reason.ToString(); // ours, and finer
        }
        return tags;
    }

    private static string ReasonOf(EvaluationReason reason) => reason switch
    {
        EvaluationReason.Unknown or EvaluationReason.UnknownContext => "error",
        EvaluationReason.Emergency or EvaluationReason.EmergencyFlag
            or EvaluationReason.Disabled or EvaluationReason.ParentOff => "disabled",
        EvaluationReason.Whitelisted or EvaluationReason.GroupListed => "targeting_match",
        EvaluationReason.InPercentage or EvaluationReason.OutsidePercentage => "split",
        _ => "static",
    };
}
