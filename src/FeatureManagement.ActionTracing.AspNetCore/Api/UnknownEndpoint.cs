using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Answers 404 for every path of the API that no other endpoint has.</summary>
internal static class UnknownEndpoint
{
    public static void MapUnknown(this IEndpointRouteBuilder group) =>
        group.Map("api/{**path}", static context => Missing(context).ExecuteAsync(context));

    private static IResult Missing(HttpContext context) => Problems.Of(
        StatusCodes.Status404NotFound, $"Endpoint '{context.Request.Method} api/{context.Route("path")}' not found.");
}
