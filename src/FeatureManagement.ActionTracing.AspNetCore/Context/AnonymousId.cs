using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

internal static class AnonymousId
{
    private const int MaxLength = 64;

    /// <summary>The visitor's id: the one that the cookie brings, else a new one that the response takes along; null where it is too late for that.</summary>
    public static string? Of(HttpContext request, AnonymousCookie cookie)
    {
        if (Known(request, cookie) is { } known)
            return known;
        if (request.Response.HasStarted)
            return null;
        string id = Guid.NewGuid().ToString("N");
        request.Response.Cookies.Append(cookie.Name, id, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = request.Request.IsHttps,
            MaxAge = cookie.Lifetime,
            Path = "/",
        });
        return id;
    }

    /// <summary>The id that the cookie brings, or null.</summary>
    public static string? Known(HttpContext request, AnonymousCookie cookie) =>
        request.Request.Cookies[cookie.Name] is { Length: > 0 and <= MaxLength } known && known.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? known : null;
}
