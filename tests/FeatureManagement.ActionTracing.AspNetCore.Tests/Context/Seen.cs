namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Context;

/// <summary>What one request saw of its own context: at first, once more, and after a user signed in.</summary>
internal sealed record Seen(FeatureFlagContext First, FeatureFlagContext Second, FeatureFlagContext AfterSignIn, string TraceIdentifier)
{
    public IReadOnlyList<string> SetCookie { get; init; } = [];
}
