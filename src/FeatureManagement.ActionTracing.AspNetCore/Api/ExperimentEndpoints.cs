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
        group.MapRead("api/experiments/{name}", GetAsync);

    private static async Task<IResult> GetAsync(HttpContext context)
    {
        QueryParameters parameters = new(context.Request.Query, "format");
        string? format = parameters.Text("format");
        if (format is not (null or "json" or "csv"))
            parameters.Refuse($"format is {ForeignText.Quote(format)}; it must be json or csv.");
        if (parameters.Problem is { } problem)
            return problem;
        return await ReadErrors.HandleAsync(async () =>
        {
            ExperimentResult? result = await context.Service<IExperimentResults>()
                .GetAsync(context.Route("name"), context.RequestAborted).ConfigureAwait(false);
            if (result is null)
                return Missing(context);
            if (format == "csv")
                return Results.Text(ExperimentCsv.Write(result), "text/csv", Encoding.UTF8);
            return Results.Text(StoredJson.WritePlain(result), "application/json", Encoding.UTF8);
        }).ConfigureAwait(false);
    }

    private static IResult Missing(HttpContext context)
    {
        string flag = context.Route("name");
        if (context.Service<IFeatureFlagManager>().GetFlag(flag) is null)
            return FlagEndpoints.Unknown(context);
        return Problems.Of(StatusCodes.Status404NotFound, $"Flag '{flag}' has no experiment.");
    }
}
