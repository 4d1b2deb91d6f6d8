using System.Text;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>What experiments have shown: as JSON, or with <c>?format=csv</c> as a table.</summary>
internal static class ExperimentEndpoints
{
    public static void MapExperiments(this IEndpointRouteBuilder group) => group.MapRead("api/experiments/{flag}", GetAsync);

    private static async Task<IResult> GetAsync(string flag, HttpRequest request, IExperimentResults results, IFeatureFlagManager flags, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(request.Query, "format");
        string? format = parameters.Text("format");
        if (format is not (null or "json" or "csv"))
            parameters.Refuse($"format is {ForeignText.Quote(format)}; it must be json or csv.");
        if (parameters.Problem is { } problem)
            return problem;
        try
        {
            if (await results.GetAsync(flag, cancellationToken).ConfigureAwait(false) is { } result)
                return format == "csv"
                    ? Results.Text(ExperimentCsv.Write(result), "text/csv", Encoding.UTF8)
                    : Results.Text(StoredJson.WritePlain(result), "application/json", Encoding.UTF8);
        }
        catch (FlagChangeException exception) when (exception.Error == FlagChangeError.StoreUnavailable)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
        return flags.GetFlag(flag) is null
            ? Problems.UnknownFlag(flag, flags.GetAllFlags().Select(known => known.Definition.Name))
            : Problems.Of(StatusCodes.Status404NotFound, $"Flag '{flag}' has no experiment.");
    }
}
