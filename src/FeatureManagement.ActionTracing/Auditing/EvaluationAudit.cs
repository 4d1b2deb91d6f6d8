using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.Storage.Evaluations;

namespace FeatureManagement.ActionTracing.Auditing;

internal sealed class EvaluationAudit(EvaluationQueue queue, IEvaluationStore store, IFlagCatalogSource configuration, TimeProvider time) : IEvaluationAudit
{
    private readonly BoundedCall _call = new(time, () => configuration.Catalog.Settings.DefaultTimeout);

    public long Dropped => queue.Writer.Dropped;

    public async Task<IReadOnlyList<EvaluationAuditEntry>> QueryAsync(EvaluationAuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Take is < 1 or > EvaluationAuditQuery.MaxTake)
            throw new ArgumentException($"Take is {query.Take}; it must be 1 to {EvaluationAuditQuery.MaxTake}.", nameof(query));
        string? subject = query.Key is { } key ? SubjectHash.Of(key) : null;
        try
        {
            return await _call.RunAsync(bound => store.ReadAsync(query, subject, bound), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new StoreException($"Evaluations could not be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }
}
