using System.Security.Claims;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.AspNetCore.Context;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>For whom the work inside a long-lived connection is: the signed-in user, else the visitor of the anonymous cookie, else the connection.</summary>
internal sealed class ConnectionUser(
    IOptions<ActionTracingWebOptions> options, TimeProvider time, IHostEnvironment? environment = null, IHttpContextAccessor? request = null, IFallbackContext? requests = null)
{
    /// <summary>The context of a connection; null where the context of the request that opened it is the ambient one, which knows the session too.</summary>
    /// <param name="user">Who is signed in.</param>
    /// <param name="connection">The connection's id, which keeps somebody unknown in one bucket while it lasts.</param>
    /// <param name="http">The request that opened it, or null where it is not known.</param>
    public FeatureFlagContext? ContextOf(ClaimsPrincipal user, string connection, HttpContext? http)
    {
        string? userId = SignedIn.IdOf(user);
        string? visitor = userId is null && http is not null && options.Value.AnonymousCookie is { } cookie ? AnonymousId.Known(http, cookie) : null;
        if (userId is null && visitor is null && requests is not null && request?.HttpContext is not null)
            return null;
        return new()
        {
            UserId = userId,
            SessionId = visitor,
            RequestId = connection,
            Groups = SignedIn.GroupsOf(user, options.Value.GroupClaimType),
            Environment = environment?.EnvironmentName,
            Timestamp = time.GetUtcNow(),
        };
    }
}
