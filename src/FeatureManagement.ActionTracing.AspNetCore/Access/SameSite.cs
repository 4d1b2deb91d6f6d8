using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Whether a write may come from where it says it comes from. A browser tells; a program that is none has nothing to be protected from.</summary>
internal static class SameSite
{
    public static bool Allows(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site) && site.Count > 0)
            return site.Count == 1 && site[0] is "same-origin" or "none";
        if (!request.Headers.TryGetValue("Origin", out var origin) || origin.Count == 0)
            return true;
        // Host and port only: behind a proxy that ends TLS the schemes differ.
        return origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out Uri? uri)
            && string.Equals(uri.Authority, new HostString(request.Host.Value ?? "").ToUriComponent(), StringComparison.OrdinalIgnoreCase);
    }
}
