using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>What a request is called: by its route, never by its path, which has ids in it.</summary>
internal static class RequestName
{
    public static string Of(HttpContext context, string? route)
    {
        string method = HttpMethods.GetCanonicalizedValue(context.Request.Method);
        return route is null ? method : $"{method} {route}";
    }

    public static string? RouteOf(HttpContext context)
    {
        if (FirstEndpoint.Of(context) is not RouteEndpoint endpoint)
            return null;
        string? route = endpoint.RoutePattern.RawText;
        // One conventional route serves all controllers.
        return route is not null && route.Contains("{controller", StringComparison.OrdinalIgnoreCase)
            && endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
            ? $"/{action.ControllerName}/{action.ActionName}"
            : route is null || route.StartsWith('/') ? route : "/" + route;
    }
}
