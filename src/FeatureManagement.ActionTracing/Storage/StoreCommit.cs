namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What is written at once: all of it or nothing. Immutable.</summary>
public sealed class StoreCommit
{
    /// <summary>Creates a commit.</summary>
    /// <param name="writes">The documents, each key once.</param>
    /// <param name="entries">The audit entries, in order, not yet chained.</param>
    public StoreCommit(IReadOnlyList<DocumentWrite> writes, IReadOnlyList<AuditEntry> entries)
    {
        Writes = writes;
        Entries = entries;
    }

    /// <summary>The documents, each key once.</summary>
    public IReadOnlyList<DocumentWrite> Writes { get; }

    /// <summary>The audit entries, in order, not yet chained.</summary>
    public IReadOnlyList<AuditEntry> Entries { get; }

    /// <summary>
    /// The <see cref="StoreChanges.Generation"/> from which the changes were decided: in another one a store refuses
    /// them. Null for any.
    /// </summary>
    public long? Generation { get; init; }
}
