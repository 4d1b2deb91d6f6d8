using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>Keeps the run-time state and its audit in memory, for as long as the process lives. Thread-safe.</summary>
internal sealed class InMemoryState : IStateStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredDocument> _documents = new(StringComparer.Ordinal);
    private readonly InMemoryAudit _audit = new();
    private long _version;

    public bool IsDurable => false;

    public Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            IEnumerable<StoredDocument> changed;
            if (since >= _version)
                changed = [];
            else
                changed = _documents.Values.Where(
                    document => document.Version > since && document.Key.StartsWith(prefix, StringComparison.Ordinal));
            return Task.FromResult(new StoreChanges(_version, [.. changed]));
        }
    }

    public Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (DocumentWrite write in commit.Writes)
                if (write.ExpectedVersion is { } expected && expected != (_documents.GetValueOrDefault(write.Key)?.Version ?? 0))
                    return Task.FromResult(new CommitResult(_version, write.Key));
            _version++;
            foreach (DocumentWrite write in commit.Writes)
                _documents[write.Key] = new StoredDocument(write.Key, write.Json, _version);
            _audit.Append(commit.Entries, _version);
            return Task.FromResult(new CommitResult(_version, null));
        }
    }

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(_audit.Read(query));

    public Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken) => Task.FromResult(_audit.Bounds);

    public Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_audit.Cut(before));
    }
}
