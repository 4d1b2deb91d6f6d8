using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

/// <summary>The id of an anonymous visitor, kept in a cookie.</summary>
internal static class AnonymousId
{
    private const int MaxLength = 64;

    /// <summary>
    /// The id of the cookie, else a new one that the response sets; null where the response has started.
    /// </summary>
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

    /// <summary>The id of the cookie; null where there is no valid one.</summary>
    public static string? Known(HttpContext request, AnonymousCookie cookie)
    {
        if (request.Request.Cookies[cookie.Name] is { Length: > 0 and <= MaxLength } known && known.All(IsValid))
            return known;
        return null;
    }

    private static bool IsValid(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
