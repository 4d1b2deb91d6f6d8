namespace FeatureManagement.ActionTracing;

/// <summary>What was done to flags, by whom, when and why. A singleton; thread-safe.</summary>
public interface IAuditLog
{
    /// <summary>Reads entries, the newest first unless the query says otherwise.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FlagChangeException">The query asks for fewer than 1 or more than <see cref="AuditQuery.MaxTake"/> entries, or the store failed.</exception>
    Task<IReadOnlyList<AuditEntry>> QueryAsync(AuditQuery query, CancellationToken cancellationToken = default);

    /// <summary>Reads the whole chain and recomputes it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken = default);
}
