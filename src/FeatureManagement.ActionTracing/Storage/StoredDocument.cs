namespace FeatureManagement.ActionTracing.Storage;

/// <summary>A document as a store has it. Immutable.</summary>
/// <param name="Key">What it is about: <c>flag/checkout_v2</c>. Case-sensitive.</param>
/// <param name="Json">Its content, or null where the document was deleted; the version goes on counting.</param>
/// <param name="Version">The store's version that the last commit of the document made.</param>
public sealed record StoredDocument(string Key, string? Json, long Version);
