namespace FeatureManagement.ActionTracing.Storage;

/// <summary>Keeps audited evaluations.</summary>
public interface IEvaluationStore
{
    /// <summary>Adds entries, in order, and numbers them. A number is not used twice, also after entries were removed.</summary>
    /// <param name="entries">The entries, without numbers.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task WriteAsync(IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken);

    /// <summary>Reads entries, the newest first.</summary>
    /// <param name="query">The entries to read. Its <see cref="EvaluationAuditQuery.Key"/> is ignored.</param>
    /// <param name="subject">Only entries of this <see cref="EvaluationAuditEntry.Subject"/>; null for all.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken);

    /// <summary>Removes the oldest entries, up to the first that is not older than a time, some at a time.</summary>
    /// <param name="before">Entries of this time or later stay.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    /// <returns>Whether the call is to be repeated.</returns>
    Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
