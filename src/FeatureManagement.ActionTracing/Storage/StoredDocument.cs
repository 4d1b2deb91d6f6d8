namespace FeatureManagement.ActionTracing.Storage;

/// <summary>A document as a store has it. Immutable.</summary>
public sealed class StoredDocument
{
    /// <summary>Creates a document.</summary>
    /// <param name="key">What it is about: <c>flag/checkout_v2</c>. Case-sensitive.</param>
    /// <param name="json">Its content, or null where the document was deleted.</param>
    /// <param name="version">The store's version that the last commit of the document made.</param>
    public StoredDocument(string key, string? json, long version)
    {
        Key = key;
        Json = json;
        Version = version;
    }

    /// <summary>What it is about: <c>flag/checkout_v2</c>. Case-sensitive.</summary>
    public string Key { get; }

    /// <summary>Its content, or null where the document was deleted; the version goes on counting.</summary>
    public string? Json { get; }

    /// <summary>The store's version that the last commit of the document made.</summary>
    public long Version { get; }
}
