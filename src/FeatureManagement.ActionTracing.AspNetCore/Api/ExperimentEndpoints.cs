using System.Text;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads the results of experiments: as JSON, or as a table with <c>?format=csv</c>.</summary>
internal static class ExperimentEndpoints
{
    public static void MapExperiments(this IEndpointRouteBuilder group) =>
        group.MapRead("api/experiments/{flag}", GetAsync);

    private static async Task<IResult> GetAsync(
        string flag,
        HttpRequest request,
        IExperimentResults results,
        IFeatureFlagManager flags,
        CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(request.Query, "format");
        string? format = parameters.Text("format");
        if (format is not (null or "json" or "csv"))
            parameters.Refuse($"format is {ForeignText.Quote(format)}; it must be json or csv.");
        if (parameters.Problem is { } problem)
            return problem;
        return await ReadErrors.HandleAsync(async () =>
        {
            ExperimentResult? result = await results.GetAsync(flag, cancellationToken).ConfigureAwait(false);
            if (result is null)
                return Missing(flag, flags);
            if (format == "csv")
                return Results.Text(ExperimentCsv.Write(result), "text/csv", Encoding.UTF8);
            return Results.Text(StoredJson.WritePlain(result), "application/json", Encoding.UTF8);
        }).ConfigureAwait(false);
    }

    private static IResult Missing(string flag, IFeatureFlagManager flags)
    {
        if (flags.GetFlag(flag) is null)
            return FlagEndpoints.Unknown(flag, flags);
        return Problems.Of(StatusCodes.Status404NotFound, $"Flag '{flag}' has no experiment.");
    }
}
