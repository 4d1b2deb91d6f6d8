using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>What no other endpoint of the API takes.</summary>
internal static class UnknownEndpoint
{
    public static void MapUnknown(this IEndpointRouteBuilder group) => group.Map("api/{**path}", (HttpRequest request, string? path) =>
        Problems.Of(StatusCodes.Status404NotFound, $"There is no call {request.Method} api/{path}."));
}
