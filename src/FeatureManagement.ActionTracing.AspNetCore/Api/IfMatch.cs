using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>The precondition <c>If-Match</c> of a change (RFC 9110, 13.1.1): a list of tags of which the flag must have one, or <c>*</c>.</summary>
internal static class IfMatch
{
    /// <summary>
    /// The tag that a change is bound to: the one that the flag has, else one of those that the caller sent, which the change then finds to be out of date.
    /// </summary>
    /// <returns>The tag; null where the caller takes the flag as it is.</returns>
    /// <exception cref="FlagChangeException">The header cannot be read, or names nothing that a flag could have.</exception>
    public static FlagTag? Expected(HttpRequest request, string name, FlagStatus? flag)
    {
        if (request.Headers.IfMatch.Count == 0 || flag is null)
            return null;
        if (!EntityTagHeaderValue.TryParseStrictList([.. request.Headers.IfMatch.OfType<string>()], out IList<EntityTagHeaderValue>? values) || values.Count == 0
            || (values.Count > 1 && values.Any(IsAny)))
            throw new FlagChangeException(FlagChangeError.Invalid, "If-Match cannot be read: it must be the ETag of the flag, a list of ETags, or *.");
        if (IsAny(values[0]))
            return null;
        // A weak tag never matches here, and neither does a tag that no flag has.
        FlagTag[] tags = [.. values.Where(value => !value.IsWeak).Select(value => FlagTag.Read(value.Tag.AsSpan().Trim('"'))).OfType<FlagTag>()];
        if (tags.Length == 0)
            throw new FlagChangeException(FlagChangeError.VersionMismatch,
                $"Flag '{name}': If-Match has no strong ETag of the flag. Send the ETag of GET api/flags/{name} as it is, without W/.");
        var current = FlagTag.Of(flag);
        return tags.FirstOrDefault(tag => tag.Matches(current)) ?? tags[0];
    }

    private static bool IsAny(EntityTagHeaderValue value) => value.Tag == "*";
}
