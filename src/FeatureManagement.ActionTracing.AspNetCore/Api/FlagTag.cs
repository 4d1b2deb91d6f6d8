using System.Globalization;
using FeatureManagement.ActionTracing.Changes;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// The ETag of a flag: its version, which counts changes at run time, and a stamp of what it says, which an edit of configuration changes too. Immutable.
/// </summary>
/// <param name="Version">The version.</param>
/// <param name="Content">The stamp; null where a caller names the version alone.</param>
internal sealed record FlagTag(long Version, string? Content)
{
    public static FlagTag Of(FlagStatus status) =>
        new(status.Version, FlagETag.Of(status.Definition));

    /// <summary>Reads the opaque part of a tag, without its quotes; null where no flag ever had such a tag.</summary>
    public static FlagTag? Read(ReadOnlySpan<char> opaque)
    {
        int dash = opaque.IndexOf('-');
        ReadOnlySpan<char> number = dash < 0 ? opaque : opaque[..dash];
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            ? new FlagTag(version, dash < 0 ? null : opaque[(dash + 1)..].ToString())
            : null;
    }

    /// <summary>Whether a flag as it is now has this tag.</summary>
    public bool Matches(FlagTag current) => Version == current.Version && (Content is null || Content == current.Content);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"\"{Version}-{Content}\"");
}
