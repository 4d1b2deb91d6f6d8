using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// The precondition <c>If-Match</c> of a change (RFC 9110, 13.1.1): a list of ETags, one of which the flag must have,
/// or <c>*</c>.
/// </summary>
internal static class IfMatch
{
    /// <summary>
    /// The ETag that a change expects: the current one where the list has it, else the first of the list, which then
    /// fails the change.
    /// </summary>
    /// <returns>The tag; null where the caller expects none.</returns>
    /// <exception cref="FlagChangeException">The header is invalid, or has no strong ETag of a flag.</exception>
    public static FlagEntityTag? Expected(HttpRequest request, string name, FlagStatus? flag)
    {
        if (request.Headers.IfMatch.Count == 0 || flag is null)
            return null;
        IList<EntityTagHeaderValue> values = Parse(request);
        if (IsAny(values[0]))
            return null;
        // A weak tag never matches, and neither does one of another form.
        FlagEntityTag[] tags =
        [
            .. values
                .Where(value => !value.IsWeak)
                .Select(value => FlagEntityTag.Read(value.Tag.AsSpan().Trim('"')))
                .OfType<FlagEntityTag>(),
        ];
        if (tags.Length == 0)
            throw new FlagChangeException(
                FlagChangeError.VersionMismatch,
                $"Flag '{name}': If-Match has no strong ETag of the flag. "
                + $"Send the ETag of GET api/flags/{name} as it is, without W/.");
        var current = FlagEntityTag.Of(flag);
        return tags.FirstOrDefault(tag => tag.Matches(current)) ?? tags[0];
    }

    private static IList<EntityTagHeaderValue> Parse(HttpRequest request)
    {
        string[] lines = [.. request.Headers.IfMatch.OfType<string>()];
        if (EntityTagHeaderValue.TryParseStrictList(lines, out IList<EntityTagHeaderValue>? values)
            && values.Count > 0
            && (values.Count == 1 || !values.Any(IsAny)))
            return values;
        throw new FlagChangeException(
            FlagChangeError.Invalid,
            "Invalid If-Match header: it must be the ETag of the flag, a list of ETags, or *.");
    }

    private static bool IsAny(EntityTagHeaderValue value) => value.Tag == "*";
}
