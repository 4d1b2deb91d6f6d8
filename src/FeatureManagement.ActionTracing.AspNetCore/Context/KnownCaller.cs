using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

/// <summary>
/// The context of a request at its end, from data that is there: it calls no accessor, loads no session and sets no
/// cookie.
/// </summary>
internal static class KnownCaller
{
    public static FeatureFlagContext Of(HttpContext request)
    {
        ActionTracingWebOptions options =
            request.RequestServices.GetRequiredService<IOptions<ActionTracingWebOptions>>().Value;
        string? userId = SignedIn.IdOf(request.User);
        string? visitor = null;
        if (userId is null && options.AnonymousCookie is { } cookie)
            visitor = AnonymousId.Known(request, cookie);
        return new FeatureFlagContext
        {
            UserId = userId,
            SessionId = visitor,
            RequestId = request.TraceIdentifier,
            Groups = SignedIn.GroupsOf(request.User, options.GroupClaimType),
        };
    }
}
