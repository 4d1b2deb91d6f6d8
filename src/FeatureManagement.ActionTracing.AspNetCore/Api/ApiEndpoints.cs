using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Maps endpoints as request delegates. A delegate with bound parameters is compiled by reflection at each start, which
/// cost a host more than everything else that is mapped.
/// </summary>
internal static class ApiEndpoints
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps an endpoint for GET, and for HEAD with the same status and headers (RFC 9110).</summary>
    public static IEndpointConventionBuilder MapRead(
        this IEndpointRouteBuilder group, string pattern, Func<HttpContext, IResult> handler) =>
        group.MapMethods(pattern, Reads, context => handler(context).ExecuteAsync(context));

    /// <summary>The same, asynchronously.</summary>
    public static IEndpointConventionBuilder MapRead(
        this IEndpointRouteBuilder group, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        group.MapMethods(pattern, Reads, context => RespondAsync(context, handler));

    /// <summary>Maps an endpoint for one method that changes something, or that needs a body.</summary>
    public static IEndpointConventionBuilder MapCall(
        this IEndpointRouteBuilder group, string method, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        group.MapMethods(pattern, [method], context => RespondAsync(context, handler));

    /// <summary>A registered service.</summary>
    public static T Service<T>(this HttpContext context) where T : notnull => context.RequestServices.GetRequiredService<T>();

    /// <summary>A part of the path.</summary>
    public static string Route(this HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? "";

    private static async Task RespondAsync(HttpContext context, Func<HttpContext, Task<IResult>> handler)
    {
        IResult result = await handler(context).ConfigureAwait(false);
        await result.ExecuteAsync(context).ConfigureAwait(false);
    }
}
