using FeatureManagement.ActionTracing.Storage.Evaluations;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>An evaluation that waits to be audited.</summary>
internal readonly record struct QueuedEvaluation(
    DateTimeOffset At, string Flag, string? Key, bool On, EvaluationReason? Reason, string? Variant)
{
    /// <summary>The entry that the audit keeps of it.</summary>
    /// <param name="instance">The instance that evaluated the flag.</param>
    public EvaluationAuditEntry Entry(string instance) => new()
    {
        At = DateTimeOffset.FromUnixTimeMilliseconds(At.ToUnixTimeMilliseconds()),
        Flag = Flag,
        IsEnabled = On,
        Variant = Variant,
        Reason = Reason,
        Subject = SubjectHash.OfBucketingKey(Key),
        Instance = instance,
    };
}
