namespace FeatureManagement.ActionTracing;

/// <summary>The audit of flags: what was done, by whom, when and why. A singleton; thread-safe.</summary>
public interface IAuditLog
{
    /// <summary>Reads entries, the newest first unless the query says otherwise.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException"><see cref="AuditQuery.Take"/> is not 1 to <see cref="AuditQuery.MaxTake"/>.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    Task<IReadOnlyList<AuditEntry>> QueryAsync(AuditQuery query, CancellationToken cancellationToken = default);

    /// <summary>Reads the whole chain and recomputes it.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken = default);
}
