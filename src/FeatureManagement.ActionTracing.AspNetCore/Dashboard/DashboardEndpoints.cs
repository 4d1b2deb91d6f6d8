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

    private static IResult Page(HttpContext context)
    {
        // Relative addresses need the slash. The redirect is relative too, because a proxy may have renamed the folders
        // above.
        string path = (context.Request.PathBase + context.Request.Path).Value ?? "";
        if (!path.EndsWith('/'))
        {
            string folder = path[(path.LastIndexOf('/') + 1)..];
            return Results.Redirect($"{Uri.EscapeDataString(folder)}/{context.Request.QueryString}");
        }
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Results.Text(context.Service<DashboardAssets>().Page, "text/html; charset=utf-8");
    }

    private static IResult Asset(HttpContext context)
    {
        DashboardAssets assets = context.Service<DashboardAssets>();
        string file = context.Route("file");
        if (assets.Find(file) is not { } asset)
            return Problems.Of(StatusCodes.Status404NotFound, $"Dashboard file '{file}' not found.");
        // During a rolling deployment a page may ask another version for a file. It gets that version's file, not
        // cached.
        if (context.Route("version") == assets.Version)
            context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType, entityTag: asset.Tag);
    }

    private static async Task<IResult> StatusAsync(HttpContext context)
    {
        CallerAccess access = context.Service<CallerAccess>();
        IHostEnvironment environment = context.Service<IHostEnvironment>();
        AccessRule rule = context.GetEndpoint()!.Metadata.GetRequiredMetadata<AccessRule>();
        AccessDecision write = await access.DecideAsync(context, rule, AccessRight.Write).ConfigureAwait(false);
        AccessDecision emergency = await access.DecideAsync(context, rule, AccessRight.Emergency).ConfigureAwait(false);
        var status = new StatusModel(
            environment.ApplicationName,
            environment.EnvironmentName,
            write == AccessDecision.Allowed,
            emergency == AccessDecision.Allowed,
            context.Service<IActionTracingConfigurationStatus>().Current,
            context.Service<IActionTracingStoreStatus>().Current);
        return Results.Json(status, ApiJson.Plain.StatusModel);
    }

    private static IResult Events(HttpContext context)
    {
        // A stream has no end, so HEAD gets only its headers.
        if (HttpMethods.IsHead(context.Request.Method))
            return Results.Text("", "text/event-stream");
        // Turns off the buffering of nginx.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(context.Service<ChangeFeed>().ReadAsync(context.RequestAborted));
    }
}
