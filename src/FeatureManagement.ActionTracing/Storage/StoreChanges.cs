namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What changed in a store, read at one moment. Immutable.</summary>
/// <param name="Version">The store's version at that moment; 0 before the first commit.</param>
/// <param name="Documents">The documents that changed, deleted ones included, each in its newest version.</param>
public sealed record StoreChanges(long Version, IReadOnlyList<StoredDocument> Documents)
{
    /// <summary>
    /// Counts how often the store was found to be another one than before: a file that was replaced or restored.
    /// Versions of different generations cannot be compared: on a new generation, read everything. 0 where the store
    /// does not know.
    /// </summary>
    public long Generation { get; init; }
}
