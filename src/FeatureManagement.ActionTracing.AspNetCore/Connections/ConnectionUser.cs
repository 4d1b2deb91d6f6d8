using System.Security.Claims;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.AspNetCore.Context;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>
/// Makes the context of a long-lived connection: the authenticated user, else the visitor of the anonymous cookie, else
/// the connection's id.
/// </summary>
internal sealed class ConnectionUser(
    IOptions<ActionTracingWebOptions> options,
    TimeProvider time,
    IHostEnvironment? environment = null,
    IHttpContextAccessor? request = null,
    IFallbackContext? requests = null)
{
    /// <summary>
    /// The context of a connection; null where the context of the opening request is ambient, which has the session
    /// too.
    /// </summary>
    /// <param name="user">The authenticated user.</param>
    /// <param name="connection">The connection's id, which keeps an anonymous user in one bucket.</param>
    /// <param name="http">The opening request; null where it is unknown.</param>
    public FeatureFlagContext? ContextOf(ClaimsPrincipal user, string connection, HttpContext? http)
    {
        string? userId = SignedIn.IdOf(user);
        string? visitor = null;
        if (userId is null && http is not null && options.Value.AnonymousCookie is { } cookie)
            visitor = AnonymousId.Known(http, cookie);
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
