using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.Sample.FrontPage;

/// <summary>
/// Serves <c>/</c>: a page for a client that accepts HTML, the same content as JSON for every other client.
/// </summary>
internal static class FrontPageEndpoints
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri "
        + "'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Lazy<string> Template = new(() => Encoding.UTF8.GetString(Read("page.html")));

    public static void MapFrontPage(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/", ["GET", "HEAD"], Show);
        endpoints.MapAsset("/guide/page.css", "page.css", "text/css; charset=utf-8");
        endpoints.MapAsset("/guide/page.js", "page.js", "text/javascript; charset=utf-8");
        endpoints.MapAsset("/guide/icon.svg", "icon.svg", "image/svg+xml");
        // Browsers request it beside a JSON response too.
        endpoints.MapAsset("/favicon.ico", "icon.svg", "image/svg+xml");
    }

    private static IResult Show(HttpContext context, IHostEnvironment environment)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        HttpRequest request = context.Request;
        if (!WantsHtml(request.GetTypedHeaders()))
            return Results.Json(
                new
                {
                    shop = Guide.Shop,
                    edit = Guide.Edit,
                    watch = Guide.Watch,
                    again = Guide.Again,
                    visitors = Guide.Visitors,
                    tryThis = Guide.Calls,
                });
        context.Response.Headers.ContentSecurityPolicy = Policy;
        string page = GuidePage.Write(
            Template.Value, $"{request.Scheme}://{request.Host}", request.PathBase.Value ?? "",
            environment.IsDevelopment());
        return Results.Text(page, "text/html; charset=utf-8");
    }

    private static bool WantsHtml(RequestHeaders headers) =>
        headers.Accept.Any(accepted => accepted.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)
            && accepted.Quality is null or > 0);

    private static void MapAsset(this IEndpointRouteBuilder endpoints, string path, string name, string type)
    {
        byte[] content = Read(name);
        endpoints.MapGet(path, () => Results.Bytes(content, type)).DisableActionTracing();
    }

    private static byte[] Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("guide/" + name)!; // the project embeds it
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
