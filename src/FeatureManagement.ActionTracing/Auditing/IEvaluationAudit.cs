namespace FeatureManagement.ActionTracing;

/// <summary>Who was answered what, while <c>auditFlagEvaluations</c> is on. A singleton; thread-safe.</summary>
public interface IEvaluationAudit
{
    /// <summary>How many evaluations this process has given up since its start, because they came faster than they could be written.</summary>
    long Dropped { get; }

    /// <summary>Reads what was written, the newest first. An evaluation is there a second or two after it was made.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FlagChangeException">The query asks for fewer than 1 or more than <see cref="EvaluationAuditQuery.MaxTake"/> entries, or the store failed.</exception>
    Task<IReadOnlyList<EvaluationAuditEntry>> QueryAsync(EvaluationAuditQuery query, CancellationToken cancellationToken = default);
}
