using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

/// <summary>Whom a request was for, by what is known of it at its end: no accessor is asked, no session is loaded and no cookie is set.</summary>
internal static class KnownCaller
{
    public static FeatureFlagContext Of(HttpContext request)
    {
        ActionTracingWebOptions options = request.RequestServices.GetRequiredService<IOptions<ActionTracingWebOptions>>().Value;
        string? userId = SignedIn.IdOf(request.User);
        return new FeatureFlagContext
        {
            UserId = userId,
            SessionId = userId is null && options.AnonymousCookie is { } cookie ? AnonymousId.Known(request, cookie) : null,
            RequestId = request.TraceIdentifier,
            Groups = SignedIn.GroupsOf(request.User, options.GroupClaimType),
        };
    }
}
