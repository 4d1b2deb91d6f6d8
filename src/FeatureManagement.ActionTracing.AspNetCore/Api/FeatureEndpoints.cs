using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Lists the flags of the application that other providers define.</summary>
internal static class FeatureEndpoints
{
    public static void MapFeatures(this IEndpointRouteBuilder group) => group.MapRead("api/features", ListAsync);

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        IFeatureDefinitionProvider definitions = context.Service<IFeatureDefinitionProvider>();
        IFeatureFlagManager flags = context.Service<IFeatureFlagManager>();
        List<FeatureModel> found = [];
        await foreach (FeatureDefinition definition in definitions.GetAllFeatureDefinitionsAsync().ConfigureAwait(false))
            if (definition?.Name is not null && flags.GetFlag(definition.Name) is null)
                found.Add(FeatureModel.Of(definition));
        return Results.Json(
            [.. found.OrderBy(feature => feature.Name, StringComparer.OrdinalIgnoreCase)],
            ApiJson.Plain.IReadOnlyListFeatureModel);
    }
}
