namespace FeatureManagement.ActionTracing.Evaluation;

internal static class EvaluationReasonExtensions
{
    /// <summary>Whether the flag is on for this reason.</summary>
    public static bool IsOn(this EvaluationReason reason) => reason >= EvaluationReason.Development;

    /// <summary>Whether the bucket decided: only these answers are random assignments.</summary>
    public static bool IsByBucket(this EvaluationReason reason) =>
        reason is EvaluationReason.InPercentage or EvaluationReason.OutsidePercentage;
}
