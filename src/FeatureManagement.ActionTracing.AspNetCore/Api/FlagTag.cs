using System.Globalization;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// The ETag of a flag: its version, which counts changes at run time, and a stamp of what it says, which an edit of configuration changes too. Immutable.
/// </summary>
/// <param name="Version">The version.</param>
/// <param name="Content">The stamp; null where a caller names the version alone.</param>
internal sealed record FlagTag(long Version, string? Content)
{
    public static FlagTag Of(FlagStatus status) =>
        new(status.Version, FlagStamp.Of(status.Definition));

    /// <summary>Reads <c>If-Match</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tag">What it expects; null for anything.</param>
    /// <returns>Whether it can be read.</returns>
    public static bool TryRead(HttpRequest request, out FlagTag? tag)
    {
        tag = null;
        StringValues header = request.Headers.IfMatch;
        if (header.Count == 0)
            return true;
        if (header.Count > 1 || !EntityTagHeaderValue.TryParse(header[0], out EntityTagHeaderValue? value))
            return false;
        if (value.Tag == "*")
            return true;
        string[] parts = value.Tag.ToString().Trim('"').Split('-', 2);
        bool known = long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long version) && !value.IsWeak;
        tag = new FlagTag(version, parts.Length > 1 ? parts[1] : null);
        return known;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"\"{Version}-{Content}\"");
}
