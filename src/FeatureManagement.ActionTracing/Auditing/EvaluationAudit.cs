using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Storage.Evaluations;

namespace FeatureManagement.ActionTracing.Auditing;

internal sealed class EvaluationAudit(EvaluationQueue queue, IEvaluationStore store, IFlagCatalogSource configuration, TimeProvider time) : IEvaluationAudit
{
    public long Dropped => queue.Dropped;

    public async Task<IReadOnlyList<EvaluationAuditEntry>> QueryAsync(EvaluationAuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Take is < 1 or > EvaluationAuditQuery.MaxTake)
            throw new FlagChangeException(FlagChangeError.Invalid, $"The query asks for {query.Take} evaluations; it must ask for 1 to {EvaluationAuditQuery.MaxTake}.");
        try
        {
            // A store may block.
            return await Task.Run(() => store.ReadAsync(query, query.Key is { } key ? SubjectHash.Of(key) : null, cancellationToken), cancellationToken)
                .WaitAsync(configuration.Catalog.Settings.DefaultTimeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a store throws is a failure of the store.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new FlagChangeException(FlagChangeError.StoreUnavailable, $"Evaluations could not be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }
}
