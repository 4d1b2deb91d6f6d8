using System.Globalization;
using FeatureManagement.ActionTracing.Changes;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// The ETag of a flag: its version, which a run-time change raises, and a hash of its content, which a configuration
/// edit changes too. Immutable.
/// </summary>
/// <param name="Version">The version.</param>
/// <param name="Content">The hash; null where a caller sends the version alone.</param>
internal sealed record FlagEntityTag(long Version, string? Content)
{
    public static FlagEntityTag Of(FlagStatus status) => new(status.Version, FlagETag.Of(status.Definition));

    /// <summary>Reads a tag without its quotes; null where the text has not the form of a flag's tag.</summary>
    public static FlagEntityTag? Read(ReadOnlySpan<char> opaque)
    {
        string? content = null;
        int dash = opaque.IndexOf('-');
        if (dash >= 0)
        {
            content = opaque[(dash + 1)..].ToString();
            opaque = opaque[..dash];
        }
        if (long.TryParse(opaque, NumberStyles.None, CultureInfo.InvariantCulture, out long version))
            return new FlagEntityTag(version, content);
        return null;
    }

    /// <summary>Whether the current tag of a flag matches this one.</summary>
    public bool Matches(FlagEntityTag current) =>
        Version == current.Version && (Content is null || Content == current.Content);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"\"{Version}-{Content}\"");
}
