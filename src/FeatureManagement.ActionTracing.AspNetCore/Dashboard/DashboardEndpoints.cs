using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>Serves the page, its files, the status of the host and the event stream.</summary>
internal static class DashboardEndpoints
{
    // The page loads everything from its own origin, has nothing inline, and never turns text into markup.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static void MapDashboard(this IEndpointRouteBuilder group)
    {
        group.MapRead("", Page).WithMetadata(BrowserPage.Instance);
        group.MapRead("assets/{version}/{file}", Asset);
        group.MapRead("api/status", StatusAsync);
        group.MapRead("api/events", Events);
    }

    private static IResult Page(HttpContext request, DashboardAssets assets)
    {
        // Relative addresses need the slash. The redirect is relative too, because a proxy may have renamed the folders
        // above.
        string path = (request.Request.PathBase + request.Request.Path).Value ?? "";
        if (!path.EndsWith('/'))
        {
            string folder = path[(path.LastIndexOf('/') + 1)..];
            return Results.Redirect($"{Uri.EscapeDataString(folder)}/{request.Request.QueryString}");
        }
        IHeaderDictionary headers = request.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Results.Text(assets.Page, "text/html; charset=utf-8");
    }

    private static IResult Asset(string version, string file, HttpContext request, DashboardAssets assets)
    {
        if (assets.Find(file) is not { } asset)
            return Problems.Of(StatusCodes.Status404NotFound, $"Dashboard file '{file}' not found.");
        // During a rolling deployment a page may ask another version for a file. It gets that version's file, not
        // cached.
        if (version == assets.Version)
            request.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType, entityTag: asset.Tag);
    }

    private static async Task<IResult> StatusAsync(
        HttpContext request,
        CallerAccess access,
        IHostEnvironment environment,
        IActionTracingConfigurationStatus configuration,
        IActionTracingStoreStatus store)
    {
        AccessRule rule = request.GetEndpoint()!.Metadata.GetRequiredMetadata<AccessRule>();
        AccessDecision write = await access.DecideAsync(request, rule, AccessRight.Write).ConfigureAwait(false);
        AccessDecision emergency = await access.DecideAsync(request, rule, AccessRight.Emergency).ConfigureAwait(false);
        var status = new StatusModel(
            environment.ApplicationName,
            environment.EnvironmentName,
            write == AccessDecision.Allowed,
            emergency == AccessDecision.Allowed,
            configuration.Current,
            store.Current);
        return Results.Json(status, ApiJson.Plain.StatusModel);
    }

    private static IResult Events(HttpContext request, ChangeFeed feed)
    {
        // A stream has no end, so HEAD gets only its headers.
        if (HttpMethods.IsHead(request.Request.Method))
            return Results.Text("", "text/event-stream");
        // Turns off the buffering of nginx.
        request.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(feed.ReadAsync(request.RequestAborted));
    }
}
