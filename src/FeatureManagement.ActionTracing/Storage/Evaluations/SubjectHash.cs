using System.Security.Cryptography;
using System.Text;

namespace FeatureManagement.ActionTracing.Storage.Evaluations;

/// <summary>What the audit writes in the place of an id (docs/audit.md). Pure.</summary>
internal static class SubjectHash
{
    private const int Bytes = 16;

    /// <summary>The hash of an id.</summary>
    public static string Of(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, Bytes));

    /// <summary>The hash of a bucketing key; null where nobody was named.</summary>
    public static string? OfBucketingKey(string? key)
    {
        if (key is null or FeatureFlagContext.DefaultKey)
            return null;
        return Of(key);
    }
}
