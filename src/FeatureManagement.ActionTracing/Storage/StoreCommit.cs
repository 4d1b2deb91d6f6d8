namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What is written at once: all of it or nothing. Immutable.</summary>
/// <param name="Writes">The documents, each key once.</param>
/// <param name="Entries">The audit entries, in order, not yet chained.</param>
public sealed record StoreCommit(IReadOnlyList<DocumentWrite> Writes, IReadOnlyList<AuditEntry> Entries)
{
    /// <summary>
    /// The <see cref="StoreChanges.Generation"/> from which the changes were decided: in another one a store refuses
    /// them. Null for any.
    /// </summary>
    public long? Generation { get; init; }
}
