using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Errors as problem+json (RFC 9457).</summary>
internal static class Problems
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">The message for the caller.</param>
    /// <param name="errors">All errors, where there may be more than one.</param>
    public static IResult Of(int status, string detail, IReadOnlyList<string>? errors = null)
    {
        // Messages quote text of the caller.
        List<string>? escaped = errors?.Select(ForeignText.Escape).ToList();
        var problem = new Problem(
            "about:blank", ReasonPhrases.GetReasonPhrase(status), status, ForeignText.Escape(detail), escaped);
        return Results.Json(problem, ApiJson.Plain.Problem, "application/problem+json", status);
    }

    /// <summary>404, with the nearest name as a suggestion.</summary>
    public static IResult UnknownFlag(string name, IEnumerable<string> known)
    {
        string detail = $"Flag '{ForeignText.Quote(name)}' not found.";
        if (NearestName.Find(name, known) is { } nearest)
            detail += $" Did you mean '{nearest}'?";
        return Of(StatusCodes.Status404NotFound, detail);
    }

    /// <summary>A suggestion for an unknown name: the nearest one, else all known ones.</summary>
    public static string Suggest(string name, IReadOnlyList<string> known)
    {
        if (NearestName.Find(name, known) is { } nearest)
            return $"did you mean '{nearest}'?";
        return $"use one of {string.Join(", ", known)}.";
    }

    internal sealed record Problem(
        string Type, string Title, int Status, string Detail, IReadOnlyList<string>? Errors);
}
