namespace FeatureManagement.ActionTracing;

/// <summary>The audit of evaluations, while <c>auditFlagEvaluations</c> is on. A singleton; thread-safe.</summary>
public interface IEvaluationAudit
{
    /// <summary>How many evaluations this instance has lost since its start, because they came faster than they could be written.</summary>
    long Dropped { get; }

    /// <summary>Reads audited evaluations, the newest first. An evaluation appears within about two seconds.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException">
    /// <see cref="EvaluationAuditQuery.Take"/> is not 1 to <see cref="EvaluationAuditQuery.MaxTake"/>.
    /// </exception>
    /// <exception cref="StoreException">The store failed, or did not answer within <c>defaultTimeout</c>.</exception>
    Task<IReadOnlyList<EvaluationAuditEntry>> QueryAsync(EvaluationAuditQuery query, CancellationToken cancellationToken = default);
}
