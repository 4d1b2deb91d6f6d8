namespace FeatureManagement.ActionTracing.Sample.FrontPage;

/// <summary>A call that a newcomer can try; <paramref name="Body"/> is JSON, or null where the call has none.</summary>
public sealed record GuideCall(string Method, string Path, string About, string? Body = null);
