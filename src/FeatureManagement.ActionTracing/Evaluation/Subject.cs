using System.Runtime.CompilerServices;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>The parts of a context that evaluation needs.</summary>
internal readonly struct Subject
{
    /// <summary>The key of the bucket; null for a context of an unknown type.</summary>
    public readonly string? Key;

    /// <summary>The id to find in an allow-list.</summary>
    public readonly string Identity;

    public readonly IEnumerable<string>? Groups;

    private Subject(string? key, string identity, IEnumerable<string>? groups)
    {
        Key = key;
        Identity = identity;
        Groups = groups;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Subject(FeatureFlagContext context)
    {
        Key = context.BucketingKey;
        Identity = context.WhitelistIdentity;
        Groups = context.Groups;
    }

    /// <summary>A call without a context.</summary>
    public static Subject WithoutContext => new(FeatureFlagContext.DefaultKey, FeatureFlagContext.Anonymous, null);

    /// <summary>A call with a context of an unknown type.</summary>
    public static Subject OfUnknownType => new(null, FeatureFlagContext.Anonymous, null);

    /// <summary>Whether the subject has no identity and no groups.</summary>
    public bool IsWithoutContext => Key == FeatureFlagContext.DefaultKey && Identity == FeatureFlagContext.Anonymous && Groups is null;

    /// <summary>The subject as a context, for Microsoft.FeatureManagement. It has a key.</summary>
    public FeatureFlagContext ToContext() => new()
    {
        UserId = Identity == FeatureFlagContext.Anonymous ? null : Identity,
        RequestId = Key,
        Groups = Groups,
    };

    public static Subject From(object? context) => context switch
    {
        null => WithoutContext,
        FeatureFlagContext ours => new Subject(ours),
        ITargetingContext { UserId.Length: > 0 } theirs => new Subject(theirs.UserId, theirs.UserId, theirs.Groups),
        ITargetingContext theirs => new Subject(FeatureFlagContext.DefaultKey, FeatureFlagContext.Anonymous, theirs.Groups),
        _ => OfUnknownType,
    };
}
