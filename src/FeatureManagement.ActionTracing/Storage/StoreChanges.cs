namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What changed in a store, read at one moment. Immutable.</summary>
/// <param name="Version">The store's version at that moment; 0 before the first commit.</param>
/// <param name="Documents">The documents that changed, deleted ones included, each in its newest version.</param>
public sealed record StoreChanges(long Version, IReadOnlyList<StoredDocument> Documents);
