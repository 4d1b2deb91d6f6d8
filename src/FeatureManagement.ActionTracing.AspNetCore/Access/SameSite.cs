using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// Denies writes that a browser sends for a page of another site. A client that is not a browser sends neither header,
/// and has no cookies that another site could use.
/// </summary>
internal sealed class SameSite(IOptions<ActionTracingWebOptions> options)
{
    private const string Fix =
        "Behind a proxy, keep the Host header (nginx: proxy_set_header Host $http_host), use forwarded headers "
        + "(UseForwardedHeaders with XForwardedHost and the proxy's address), or add the origin that the browser shows to "
        + $"{nameof(ActionTracingWebOptions.AllowedOrigins)} in AddAspNetCore.";

    private readonly WebOrigin[] _allowed =
        [.. options.Value.AllowedOrigins.Select(WebOrigin.Parse).OfType<WebOrigin>()];

    /// <returns>Why a write is denied, and the fix; null where it is allowed.</returns>
    public string? Refusal(HttpRequest request)
    {
        // The browser computes it from the address that it shows, which no proxy changes.
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out StringValues site) && site.Count > 0)
            return RefusalOfSite(site);
        if (!request.Headers.TryGetValue("Origin", out StringValues origin) || origin.Count == 0 || IsAllowed(origin, request))
            return null;
        string sent = ForeignText.Quote(origin.ToString());
        string host = ForeignText.Quote(request.Host.Value ?? "");
        string rule = $"Origin is '{sent}', Host is '{host}'; they must name the same host and port.";
        if (request.IsHttps)
            rule = $"Origin is '{sent}', Host is '{host}' over https; they must name the same host and port, both over https.";
        return $"Write from another origin denied: {rule} {Fix}";
    }

    private static string? RefusalOfSite(StringValues site)
    {
        if (site.Count == 1 && site[0] is "same-origin" or "none")
            return null;
        return $"Write from another site denied: Sec-Fetch-Site is '{ForeignText.Quote(site.ToString())}'; "
            + "it must be 'same-origin' or 'none'. Send the write from the dashboard's own address.";
    }

    private bool IsAllowed(StringValues origin, HttpRequest request) =>
        origin.Count == 1
        && WebOrigin.TryParse(origin[0], out WebOrigin? asking)
        && (IsSame(asking, request) || _allowed.Contains(asking));

    // A page of plain http can be changed on its way, so it must not write over https.
    private static bool IsSame(WebOrigin asking, HttpRequest request) =>
        asking.IsAt(request.Host.Value) && (!request.IsHttps || asking.Scheme == Uri.UriSchemeHttps);
}
