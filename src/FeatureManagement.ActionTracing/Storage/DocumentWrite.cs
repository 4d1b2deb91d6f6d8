namespace FeatureManagement.ActionTracing.Storage;

/// <summary>A document that a commit writes. Immutable.</summary>
/// <param name="Key">What it is about.</param>
/// <param name="Json">The new content, or null to delete it.</param>
/// <param name="ExpectedVersion">
/// The version that the document must have for the commit to succeed: 0 where it must never have been written; null for
/// any.
/// </param>
public sealed record DocumentWrite(string Key, string? Json, long? ExpectedVersion);
