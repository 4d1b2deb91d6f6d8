namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What changed in a store, read at one moment. Immutable.</summary>
public sealed class StoreChanges
{
    /// <summary>Creates the answer of a store.</summary>
    /// <param name="version">The store's version at that moment; 0 before the first commit.</param>
    /// <param name="documents">The documents that changed, deleted ones included, each in its newest version.</param>
    public StoreChanges(long version, IReadOnlyList<StoredDocument> documents)
    {
        Version = version;
        Documents = documents;
    }

    /// <summary>The store's version at that moment; 0 before the first commit.</summary>
    public long Version { get; }

    /// <summary>The documents that changed, deleted ones included, each in its newest version.</summary>
    public IReadOnlyList<StoredDocument> Documents { get; }

    /// <summary>
    /// Counts how often the store was found to be another one than before: a file that was replaced or restored.
    /// Versions of different generations cannot be compared: on a new generation, read everything. 0 where the store
    /// does not know.
    /// </summary>
    public long Generation { get; init; }
}
