namespace FeatureManagement.ActionTracing.Storage.Bounded;

/// <summary>The run-time state, with bounded calls. Thread-safe.</summary>
internal sealed class BoundedState(IStateStore store, StoreCalls calls) : IStateStore
{
    public bool IsDurable => store.IsDurable;

    public Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken) =>
        calls.RunAsync(bound => store.ReadAsync(prefix, since, bound), StoreCall.Read, cancellationToken);

    /// <summary>Reads on the caller's thread, which the store may block.</summary>
    public Task<StoreChanges> ReadInlineAsync(string prefix, long since, CancellationToken cancellationToken) =>
        calls.RunAsync(bound => store.ReadAsync(prefix, since, bound), StoreCall.InlineRead, cancellationToken);

    /// <summary>Reads one document; null where it was never written.</summary>
    public async Task<StoredDocument?> FindAsync(string key, CancellationToken cancellationToken)
    {
        StoreChanges found = await ReadAsync(key, 0, cancellationToken).ConfigureAwait(false);
        return found.Documents.FirstOrDefault(document => document.Key == key);
    }

    public Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken) =>
        calls.RunAsync(bound => store.CommitAsync(commit, bound), StoreCall.Write, cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken) =>
        calls.RunAsync(bound => store.ReadAuditAsync(query, bound), StoreCall.AuditRead, cancellationToken);

    public Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken) =>
        calls.RunAsync(store.ReadAuditBoundsAsync, StoreCall.AuditRead, cancellationToken);

    public Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        calls.RunAsync(bound => store.CutAuditAsync(before, bound), StoreCall.Write, cancellationToken);
}
