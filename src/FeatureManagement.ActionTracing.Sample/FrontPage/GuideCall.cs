namespace FeatureManagement.ActionTracing.Sample.FrontPage;

/// <summary>A call to try.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, with its query.</param>
/// <param name="About">What the call shows.</param>
/// <param name="Body">JSON, or null where the call has no body.</param>
/// <param name="Visitor">The visitor of the call; null for any visitor.</param>
public sealed record GuideCall(string Method, string Path, string About, string? Body = null, string? Visitor = null);
