using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Names a request by its route. A path would have ids in it.</summary>
internal static class RequestName
{
    public static string Of(HttpContext context, string? route)
    {
        string method = HttpMethods.GetCanonicalizedValue(context.Request.Method);
        if (route is null)
            return method;
        return $"{method} {route}";
    }

    public static string? RouteOf(HttpContext context)
    {
        if (FirstEndpoint.Of(context) is not RouteEndpoint endpoint)
            return null;
        string? route = endpoint.RoutePattern.RawText;
        if (route is null)
            return null;
        // One conventional route serves all controllers.
        if (route.Contains("{controller", StringComparison.OrdinalIgnoreCase)
            && endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action)
            return $"/{action.ControllerName}/{action.ActionName}";
        if (route.StartsWith('/'))
            return route;
        return "/" + route;
    }
}
