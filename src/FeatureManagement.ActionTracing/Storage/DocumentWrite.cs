namespace FeatureManagement.ActionTracing.Storage;

/// <summary>A document that a commit writes. Immutable.</summary>
public sealed class DocumentWrite
{
    /// <summary>Creates a write.</summary>
    /// <param name="key">What the document is about.</param>
    /// <param name="json">The new content, or null to delete it.</param>
    /// <param name="expectedVersion">
    /// The version that the document must have: 0 where it must never have been written; null for any.
    /// </param>
    public DocumentWrite(string key, string? json, long? expectedVersion)
    {
        Key = key;
        Json = json;
        ExpectedVersion = expectedVersion;
    }

    /// <summary>What the document is about.</summary>
    public string Key { get; }

    /// <summary>The new content, or null to delete it.</summary>
    public string? Json { get; }

    /// <summary>
    /// The version that the document must have for the commit to succeed: 0 where it must never have been written; null
    /// for any.
    /// </summary>
    public long? ExpectedVersion { get; }
}
