namespace FeatureManagement.ActionTracing.Storage.Evaluations;

/// <summary>Where audited evaluations are kept. A call that fails throws, and has then written everything or nothing. Called from any thread, and by several processes over one store.</summary>
internal interface IEvaluationStore
{
    /// <summary>Adds entries, in order, and numbers them. A number is never given twice.</summary>
    Task WriteAsync(IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken);

    /// <param name="query">Which ones; its <see cref="EvaluationAuditQuery.Key"/> is not looked at.</param>
    /// <param name="subject">The hash of the key that is asked for; null for all.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken);

    /// <summary>Removes the oldest entries, up to the first that is not older than a time, some at a time.</summary>
    /// <returns>Whether there may be more.</returns>
    Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
