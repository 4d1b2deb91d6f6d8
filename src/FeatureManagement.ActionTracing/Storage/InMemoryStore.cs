using FeatureManagement.ActionTracing.Auditing;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>Keeps everything in memory, for as long as the process lives. Thread-safe.</summary>
internal sealed class InMemoryStore : IActionTracingStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredDocument> _documents = new(StringComparer.Ordinal);
    private readonly List<AuditEntry> _audit = [];
    private AuditBounds _bounds = new(AuditHead.Empty, AuditHead.Empty);
    private long _version;

    public bool IsDurable => false;

    public Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(new StoreChanges(_version,
                since >= _version ? [] : [.. _documents.Values.Where(document => document.Version > since && document.Key.StartsWith(prefix, StringComparison.Ordinal))]));
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
            foreach (AuditEntry entry in commit.Entries)
            {
                _audit.Add(_bounds.Head.Append(entry, _version));
                _bounds = _bounds with { Head = AuditHead.Of(_audit[^1]) };
            }
            return Task.FromResult(new CommitResult(_version, null));
        }
    }

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            IEnumerable<AuditEntry> entries = query.OldestFirst ? _audit : Enumerable.Reverse(_audit);
            return Task.FromResult<IReadOnlyList<AuditEntry>>([.. entries.Where(entry => Matches(entry, query)).Take(query.Take)]);
        }
    }

    public Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_bounds);
    }

    public Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            int kept = _audit.FindIndex(entry => entry.At >= before);
            int removed = kept < 0 ? _audit.Count : kept;
            if (removed > 0)
            {
                _bounds = _bounds with { Anchor = AuditHead.Of(_audit[removed - 1]) };
                _audit.RemoveRange(0, removed);
            }
            return Task.FromResult(_bounds);
        }
    }

    private static bool Matches(AuditEntry entry, AuditQuery query) =>
        (query.Flag is null || string.Equals(entry.Flag, query.Flag, StringComparison.OrdinalIgnoreCase))
        && (query.Source is null || entry.Source == query.Source)
        && !(entry.At < query.From) && !(entry.At >= query.To)
        && !(entry.Number >= query.Before) && !(entry.Number <= query.After);
}
