using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Evaluations;

namespace FeatureManagement.ActionTracing.Auditing;

internal sealed class EvaluationAudit(EvaluationQueue queue, BoundedStore store) : IEvaluationAudit
{
    public long Dropped => queue.Writer.Dropped;

    public async Task<IReadOnlyList<EvaluationAuditEntry>> QueryAsync(EvaluationAuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Take is < 1 or > EvaluationAuditQuery.MaxTake)
            throw new ArgumentException($"Take is {query.Take}; it must be 1 to {EvaluationAuditQuery.MaxTake}.", nameof(query));
        string? subject = null;
        if (query.Key is { } key)
            subject = SubjectHash.Of(key);
        return await store.Evaluations.ReadAsync(query, subject, cancellationToken).ConfigureAwait(false);
    }
}
