using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// Refuses writes that a browser sends for a page of another site. A client that is no browser sends neither header and has no cookies that another site could use.
/// </summary>
internal sealed class SameSite(IOptions<ActionTracingWebOptions> options)
{
    private const string Fix =
        "Behind a proxy, keep the Host header (nginx: proxy_set_header Host $http_host), use forwarded headers (UseForwardedHeaders with XForwardedHost and the proxy's address), "
        + $"or add the origin that the browser shows to {nameof(ActionTracingWebOptions.AllowedOrigins)} in AddAspNetCore.";

    private readonly WebOrigin[] _allowed = [.. options.Value.AllowedOrigins.Select(text => WebOrigin.TryParse(text, out WebOrigin? origin) ? origin : null).OfType<WebOrigin>()];

    /// <returns>Why a write is refused, and what to do; null where it is not.</returns>
    public string? Refusal(HttpRequest request)
    {
        // A browser computes it from the address that it shows, which no proxy changes.
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site) && site.Count > 0)
            return site.Count == 1 && site[0] is "same-origin" or "none" ? null
                : $"A write from another site is refused: Sec-Fetch-Site is '{ForeignText.Quote(site.ToString())}'; it must be 'same-origin' or 'none'. Send the write from the dashboard's own address.";
        if (!request.Headers.TryGetValue("Origin", out var origin) || origin.Count == 0)
            return null;
        if (origin.Count == 1 && WebOrigin.TryParse(origin[0], out WebOrigin? asking) && (IsSame(asking, request) || _allowed.Contains(asking)))
            return null;
        (string over, string both) = request.IsHttps ? (" over https", ", both over https") : ("", "");
        return $"A write from another origin is refused: Origin is '{ForeignText.Quote(origin.ToString())}', Host is '{ForeignText.Quote(request.Host.Value ?? "")}'{over}; they must name the same host and port{both}. {Fix}";
    }

    // Who can change a page of plain http must not write over https.
    private static bool IsSame(WebOrigin asking, HttpRequest request) =>
        asking.IsAt(request.Host.Value) && (!request.IsHttps || asking.Scheme == Uri.UriSchemeHttps);
}
