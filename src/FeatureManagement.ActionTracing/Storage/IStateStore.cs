namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// Keeps small documents under keys, and the audit. One version counts all commits; each commit raises it by one.
/// </summary>
/// <remarks>A commit of one instance is seen by the next read of another one.</remarks>
public interface IStateStore
{
    /// <summary>Whether what is committed outlives the process.</summary>
    bool IsDurable { get; }

    /// <summary>Reads the documents that changed since a version; all of them since 0.</summary>
    /// <param name="prefix">Only documents whose keys begin so.</param>
    /// <param name="since">Only documents whose version is larger.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken);

    /// <summary>
    /// Writes documents and audit entries in one transaction, if every document has the expected version. They are
    /// durable once the task has completed.
    /// </summary>
    /// <param name="commit">The documents and entries.</param>
    /// <param name="cancellationToken">Bounds the call; it has no effect once the transaction has begun to commit.</param>
    Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>Reads audit entries as they are stored, without verification.</summary>
    /// <param name="query">The entries to read.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <summary>Reads where the audit chain begins and ends.</summary>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Removes the oldest audit entries, up to the first that is not older than a time, and keeps the last one removed
    /// as the anchor. A call may remove only a part, so that changes come between; the caller repeats it until the
    /// anchor stays.
    /// </summary>
    /// <param name="before">Entries of this time or later stay, and so do all entries after the first of them.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
