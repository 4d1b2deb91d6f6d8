using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.OtherStore;

/// <summary>Documents and audit entries in lists.</summary>
public sealed class ListState : IStateStore
{
    private readonly Lock _gate = new();
    private readonly List<StoredDocument> _documents = [];
    private readonly List<AuditEntry> _audit = [];
    private AuditBounds _bounds = new(AuditHead.Empty, AuditHead.Empty);
    private long _version;

    public bool IsDurable => false;

    public Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            StoredDocument[] changed = [.. _documents.Where(document => document.Version > since && document.Key.StartsWith(prefix, StringComparison.Ordinal))];
            return Task.FromResult(new StoreChanges(_version, changed));
        }
    }

    public Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        lock (_gate)
        {
            foreach (DocumentWrite write in commit.Writes)
                if (write.ExpectedVersion is { } expected && expected != (_documents.Find(document => document.Key == write.Key)?.Version ?? 0))
                    return Task.FromResult(new CommitResult(_version, write.Key));
            _version++;
            foreach (DocumentWrite write in commit.Writes)
            {
                _documents.RemoveAll(document => document.Key == write.Key);
                _documents.Add(new StoredDocument(write.Key, write.Json, _version));
            }
            foreach (AuditEntry entry in commit.Entries)
            {
                _audit.Add(_bounds.Head.Append(entry, _version));
                _bounds = new AuditBounds(_bounds.Anchor, AuditHead.Of(_audit[^1]));
            }
            return Task.FromResult(new CommitResult(_version, null));
        }
    }

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_gate)
        {
            IEnumerable<AuditEntry> found = _audit.Where(entry => Matches(entry, query));
            if (!query.OldestFirst)
                found = found.Reverse();
            return Task.FromResult<IReadOnlyList<AuditEntry>>([.. found.Take(query.Take)]);
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
            AuditEntry[] removed = [.. _audit.TakeWhile(entry => entry.At < before)];
            _audit.RemoveRange(0, removed.Length);
            if (removed is [.., var last])
                _bounds = new AuditBounds(AuditHead.Of(last), _bounds.Head);
            return Task.FromResult(_bounds);
        }
    }

    private static bool Matches(AuditEntry entry, AuditQuery query) =>
        (query.Flag is null || string.Equals(query.Flag, entry.Flag, StringComparison.OrdinalIgnoreCase))
        && (query.Source is null || query.Source == entry.Source)
        && (query.Actor is null || query.Actor == entry.Actor)
        && (query.Action is null || query.Action == entry.Action)
        && !(entry.At < query.From) && !(entry.At >= query.To)
        && !(entry.Number >= query.Before) && !(entry.Number <= query.After);
}
