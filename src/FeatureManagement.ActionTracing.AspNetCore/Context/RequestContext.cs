using System.Security.Claims;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

/// <summary>
/// Whom the request at hand is for: the signed-in user, else the visitor's session, else the request alone. Made once per request, and again when the
/// request's user changes. Outside a request there is no context. Thread-safe.
/// </summary>
internal sealed partial class RequestContext(
    IHttpContextAccessor http, IOptions<ActionTracingWebOptions> options, TimeProvider time, ILogger<RequestContext> logger, IHostEnvironment? environment = null) : IFallbackContext
{
    private static readonly object Key = new();
    private static readonly object VisitorKey = new();
    private static readonly object SessionKey = new();

    public ValueTask<FeatureFlagContext?> GetContextAsync()
    {
        if (http.HttpContext is not { } request)
            return default;
        Task<string?> session;
        // The work of one request may run in parallel, and the request's own collections are not made for that.
        lock (request)
        {
            ClaimsPrincipal user = request.User;
            if (request.Items.TryGetValue(Key, out object? known) && known is Made made && ReferenceEquals(made.User, user))
                return new(made.Context);
            string? userId = SignedIn.IdOf(user);
            string? visitor = userId is null && options.Value.AnonymousCookie is { } cookie ? Visitor(request, cookie) : null;
            // Somebody who is known needs neither cookie nor session: to read the session may mean to ask another machine.
            session = userId is null && visitor is null ? Session(request) : Task.FromResult(visitor);
            if (session.IsCompleted)
                return new(Make(request, user, userId, session.Result));
        }
        return new(AwaitAsync(request, session));
    }

    private async Task<FeatureFlagContext?> AwaitAsync(HttpContext request, Task<string?> session)
    {
        await session.ConfigureAwait(false);
        return await GetContextAsync().ConfigureAwait(false); // the user may be another one by now
    }

    private FeatureFlagContext Make(HttpContext request, ClaimsPrincipal user, string? userId, string? sessionId)
    {
        var context = new FeatureFlagContext
        {
            UserId = userId,
            SessionId = sessionId,
            RequestId = request.TraceIdentifier,
            Groups = SignedIn.GroupsOf(user, options.Value.GroupClaimType),
            Environment = environment?.EnvironmentName,
            Timestamp = time.GetUtcNow(),
        };
        request.Items[Key] = new Made(user, context);
        return context;
    }

    // Once per request: a visitor who is drawn again when the user changes stays the same one.
    private static string? Visitor(HttpContext request, AnonymousCookie cookie)
    {
        if (!request.Items.TryGetValue(VisitorKey, out object? visitor))
            request.Items[VisitorKey] = visitor = AnonymousId.Of(request, cookie);
        return (string?)visitor;
    }

    // Once per request, as for the visitor. Parallel work waits for the same load, for a session is no more made for it than a request.
    private Task<string?> Session(HttpContext request)
    {
        if (request.Features.Get<ISessionFeature>()?.Session is not { } session)
            return Task.FromResult<string?>(null);
        if (!request.Items.TryGetValue(SessionKey, out object? load))
            request.Items[SessionKey] = load = LoadAsync(session);
        return (Task<string?>)load!; // nobody else has the key
    }

    private async Task<string?> LoadAsync(ISession session)
    {
        try
        {
            await session.LoadAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a session store throws, the request goes on as one without a session.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNoSession(exception);
            return null;
        }
        // An empty session gets a new id at every request.
        return session.IsAvailable && session.Keys.Any() ? session.Id : null;
    }

    [LoggerMessage(EventIds.NoSession, LogLevel.Warning, "The session could not be loaded; flags are evaluated as if there were none.", EventName = "NoSession")]
    private partial void LogNoSession(Exception exception);

    private sealed record Made(ClaimsPrincipal User, FeatureFlagContext Context);
}
