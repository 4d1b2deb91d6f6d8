namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// Where run-time state is kept: small documents under keys, and the audit. One number counts all commits; each commit raises it by one.
/// </summary>
/// <remarks>
/// A singleton; called from any thread, at the same time. A call that fails throws, and has then written everything or nothing. Calls may be cancelled, as a
/// bound on their time. Several processes may share one store; a commit by one is seen by the next read of another.
/// </remarks>
public interface IActionTracingStore
{
    /// <summary>Whether what is committed outlives the process.</summary>
    bool IsDurable { get; }

    /// <summary>Reads what changed since a version; everything since 0.</summary>
    /// <param name="prefix">Only documents whose keys begin so.</param>
    /// <param name="since">Only documents whose version is larger.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken);

    /// <summary>Writes documents and audit entries in one transaction, if every document has the expected version. Durable once the task has completed.</summary>
    /// <param name="commit">What to write.</param>
    /// <param name="cancellationToken">Bounds the call; once the transaction has begun to commit it has no effect.</param>
    Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>Reads audit entries, as they are stored: nothing is verified.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <summary>Reads where the audit chain begins and ends.</summary>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Removes the oldest audit entries, up to the first that is not older than a time, and keeps the last one removed as the anchor. A call may remove only
    /// a part, so that no change waits for it; the caller repeats it until the anchor stays.
    /// </summary>
    /// <param name="before">Entries of this time or later stay, and so does everything after the first of them.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
