using System.Security.Cryptography;
using System.Text;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes.Rollouts;

/// <summary>Knows which contents of <c>rolloutConfig</c> had their rollout, so that each starts once. Pure.</summary>
internal static class PlanFingerprint
{
    // Two instances of two releases that share a store must not start each other's content for ever; more than a few
    // are never on their way at once.
    private const int MaxContents = 8;

    /// <summary>Distinguishes one content of <c>rolloutConfig</c> from another; null for none.</summary>
    public static string? Of(RolloutConfig? plan)
    {
        if (plan is null)
            return null;
        // A field that came later must not make a content look new that has had its rollout: an update of the package would start it again.
        string content = StoredJson.Write(plan)
            .Replace(",\"maxErrorRateWithoutControl\":0.1,", ",", StringComparison.Ordinal)
            .Replace(",\"maxErrorRateWithoutControl\":0.1}", "}", StringComparison.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 8));
    }

    /// <summary>Whether a content of <c>rolloutConfig</c> has had its rollout.</summary>
    /// <param name="had">The fingerprints of those that have, with spaces between them; or null.</param>
    /// <param name="content">The fingerprint of the content; null for none.</param>
    public static bool HasHad(string? had, string? content) => content is not null && had?.Split(' ').Contains(content) == true;

    /// <summary>The fingerprints, with that of a content at their end; the oldest are forgotten.</summary>
    public static string? WithHad(string? had, RolloutConfig? plan)
    {
        if (Of(plan) is not { } content)
            return had;
        return string.Join(' ', (had?.Split(' ') ?? []).Where(other => other != content).Append(content).TakeLast(MaxContents));
    }
}
