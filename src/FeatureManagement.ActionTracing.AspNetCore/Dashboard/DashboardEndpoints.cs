using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>The page, its files, what it shows beside flags, and word of each change.</summary>
internal static class DashboardEndpoints
{
    // Everything the page needs comes from where it came from itself; nothing inline, and no text ever becomes markup.
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
        // Relative addresses need the slash. The way there is relative as well: what a proxy calls the folders above is not known here.
        string path = (request.Request.PathBase + request.Request.Path).Value ?? "";
        if (!path.EndsWith('/'))
            return Results.Redirect(Uri.EscapeDataString(path[(path.LastIndexOf('/') + 1)..]) + "/" + request.Request.QueryString);
        IHeaderDictionary headers = request.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Results.Text(assets.Page, "text/html; charset=utf-8");
    }

    private static IResult Asset(string version, string file, HttpContext request, DashboardAssets assets)
    {
        if (assets.Find(file) is not { } asset)
            return Problems.Of(StatusCodes.Status404NotFound, $"The dashboard has no file '{file}'.");
        // While a deployment replaces one instance after the other, a page of one may ask another for its files. It gets what there is, for once.
        if (version == assets.Version)
            request.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType, entityTag: asset.Tag);
    }

    private static async Task<IResult> StatusAsync(
        HttpContext request, CallerAccess access, IHostEnvironment environment, IActionTracingConfigurationStatus configuration, IActionTracingStoreStatus store)
    {
        AccessRule rule = request.GetEndpoint()!.Metadata.GetRequiredMetadata<AccessRule>();
        bool mayWrite = await access.DecideAsync(request, rule, AccessRight.Write).ConfigureAwait(false) == AccessDecision.Allowed;
        bool mayShutDown = await access.DecideAsync(request, rule, AccessRight.Emergency).ConfigureAwait(false) == AccessDecision.Allowed;
        return Results.Json(
            new StatusModel(environment.ApplicationName, environment.EnvironmentName, mayWrite, mayShutDown, configuration.Current, store.Current),
            ApiJson.Plain.StatusModel);
    }

    private static IResult Events(HttpContext request, ChangeFeed feed)
    {
        // A stream has no end, so HEAD gets its headers alone.
        if (HttpMethods.IsHead(request.Request.Method))
            return Results.Text("", "text/event-stream");
        // Asks nginx not to hold events back.
        request.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(feed.ReadAsync(request.RequestAborted));
    }
}
