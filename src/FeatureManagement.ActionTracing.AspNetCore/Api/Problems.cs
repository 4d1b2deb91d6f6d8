using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Errors as problem+json (RFC 9457).</summary>
internal static class Problems
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">A sentence for the caller.</param>
    /// <param name="errors">All that is wrong, a sentence each, where it is more than one thing.</param>
    public static IResult Of(int status, string detail, IReadOnlyList<string>? errors = null) => Results.Json(
        // What a caller sent is part of many a sentence.
        new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, ForeignText.Escape(detail), errors is null ? null : [.. errors.Select(ForeignText.Escape)]),
        ApiJson.Plain.Problem,
        "application/problem+json",
        status);

    /// <summary>There is no such flag; perhaps another was meant.</summary>
    public static IResult UnknownFlag(string name, IEnumerable<string> known) => Of(
        StatusCodes.Status404NotFound,
        NearestName.Find(name, known) is { } nearest ? $"There is no flag '{ForeignText.Quote(name)}'. Did you mean '{nearest}'?" : $"There is no flag '{ForeignText.Quote(name)}'.");

    internal sealed record Problem(string Type, string Title, int Status, string Detail, IReadOnlyList<string>? Errors);
}
