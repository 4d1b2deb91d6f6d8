using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;

namespace FeatureManagement.ActionTracing.Storage.Bounded;

/// <summary>
/// Audited evaluations, with bounded calls. A write is waited for to its end, so that it is not tried again beside
/// itself.
/// </summary>
internal sealed class BoundedEvaluations(IEvaluationStore store, BoundedCall bounded, BoundedCall toTheEnd) : IEvaluationStore
{
    public Task WriteAsync(IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken) =>
        toTheEnd.RunToEndAsync(bound => store.WriteAsync(entries, bound), cancellationToken);

    /// <exception cref="StoreException">The store failed, or took too long.</exception>
    public async Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(
        EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken)
    {
        try
        {
            return await bounded.RunAsync(bound => store.ReadAsync(query, subject, bound), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (SafeCall.IsFailure(exception, cancellationToken))
        {
            throw new StoreException($"Evaluations could not be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    public Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        toTheEnd.RunToEndAsync(bound => store.CutAsync(before, bound), cancellationToken);
}
