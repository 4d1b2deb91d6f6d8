using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>What a request is called: by its route, never by its path, which has ids in it.</summary>
internal static class RequestName
{
    public static string Of(HttpContext context)
    {
        string method = HttpMethods.GetCanonicalizedValue(context.Request.Method);
        return RouteOf(context) is { } route ? $"{method} {route}" : method;
    }

    public static string? RouteOf(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return null;
        string? route = endpoint.RoutePattern.RawText;
        // One conventional route serves all controllers.
        return route is not null && route.Contains("{controller", StringComparison.OrdinalIgnoreCase)
            && endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
            ? $"/{action.ControllerName}/{action.ActionName}"
            : route is null || route.StartsWith('/') ? route : "/" + route;
    }
}
