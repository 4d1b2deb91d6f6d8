using System.Runtime.CompilerServices;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>What evaluation needs of a context.</summary>
internal readonly struct Subject
{
    /// <summary>What the bucket is drawn from; null for a context of a type that nobody knows.</summary>
    public readonly string? Key;

    /// <summary>What an allow-list is asked for.</summary>
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
    public static Subject Nobody => new(FeatureFlagContext.DefaultKey, FeatureFlagContext.Anonymous, null);

    /// <summary>A call with a context of a type that nobody knows.</summary>
    public static Subject Unknown => new(null, FeatureFlagContext.Anonymous, null);

    /// <summary>Whether nothing is known of the subject.</summary>
    public bool IsNobody => Key == FeatureFlagContext.DefaultKey && Identity == FeatureFlagContext.Anonymous && Groups is null;

    /// <summary>The subject as a context, for Microsoft.FeatureManagement. It has a key.</summary>
    public FeatureFlagContext ToContext() => new()
    {
        UserId = Identity == FeatureFlagContext.Anonymous ? null : Identity,
        RequestId = Key,
        Groups = Groups,
    };

    public static Subject From(object? context) => context switch
    {
        null => Nobody,
        FeatureFlagContext ours => new Subject(ours),
        ITargetingContext { UserId.Length: > 0 } library => new Subject(library.UserId, library.UserId, library.Groups),
        ITargetingContext library => new Subject(FeatureFlagContext.DefaultKey, FeatureFlagContext.Anonymous, library.Groups),
        _ => Unknown,
    };
}
