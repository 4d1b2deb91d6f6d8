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
/// The context of the current request: the authenticated user, else the visitor's session, else the request id. It is
/// made once per request, and again when the request's user changes. Outside a request it is null. Thread-safe.
/// </summary>
internal sealed partial class RequestContext(
    IHttpContextAccessor http,
    IOptions<ActionTracingWebOptions> options,
    TimeProvider time,
    ILogger<RequestContext> logger,
    IHostEnvironment? environment = null) : IFallbackContext
{
    private static readonly object Key = new();
    private static readonly object VisitorKey = new();
    private static readonly object SessionKey = new();

    public ValueTask<FeatureFlagContext?> GetContextAsync()
    {
        if (http.HttpContext is not { } request)
            return default;
        Task<string?> session;
        // Code of one request may run in parallel, and the collections of a request are not thread-safe.
        lock (request)
        {
            ClaimsPrincipal user = request.User;
            if (request.Items.TryGetValue(Key, out object? item)
                && item is CachedContext cached
                && ReferenceEquals(cached.User, user))
                return new(cached.Context);
            string? userId = SignedIn.IdOf(user);
            session = SessionIdAsync(request, userId);
            if (session.IsCompleted)
                return new(Make(request, user, userId, session.Result));
        }
        return new(AwaitAsync(session));
    }

    private async Task<FeatureFlagContext?> AwaitAsync(Task<string?> session)
    {
        await session.ConfigureAwait(false);
        return await GetContextAsync().ConfigureAwait(false); // the user may have changed meanwhile
    }

    // A known user needs neither cookie nor session: loading a session may be a remote call.
    private Task<string?> SessionIdAsync(HttpContext request, string? userId)
    {
        if (userId is not null)
            return Task.FromResult<string?>(null);
        if (options.Value.AnonymousCookie is { } cookie && Visitor(request, cookie) is { } visitor)
            return Task.FromResult<string?>(visitor);
        return Session(request);
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
        request.Items[Key] = new CachedContext(user, context);
        return context;
    }

    // Once per request, so that a visitor keeps its id when the user changes.
    private static string? Visitor(HttpContext request, AnonymousCookie cookie)
    {
        if (!request.Items.TryGetValue(VisitorKey, out object? visitor))
            request.Items[VisitorKey] = visitor = AnonymousId.Of(request, cookie);
        return (string?)visitor;
    }

    // Once per request. Parallel calls await the same load, because a session is not thread-safe.
    private Task<string?> Session(HttpContext request)
    {
        if (request.Features.Get<ISessionFeature>()?.Session is not { } session)
            return Task.FromResult<string?>(null);
        if (!request.Items.TryGetValue(SessionKey, out object? load))
            request.Items[SessionKey] = load = LoadAsync(session);
        return (Task<string?>)load!; // the key is private, so the value is a load of ours
    }

    private async Task<string?> LoadAsync(ISession session)
    {
        bool isLoaded = true;
        // A session store may throw anything. The request continues without a session.
        await SafeCall.RunAsync(() => session.LoadAsync(), exception =>
        {
            LogNoSession(exception);
            isLoaded = false;
        }).ConfigureAwait(false);
        // An empty session gets a new id at every request.
        if (isLoaded && session.IsAvailable && session.Keys.Any())
            return session.Id;
        return null;
    }

    [LoggerMessage(
        EventIds.NoSession,
        LogLevel.Warning,
        "Session could not be loaded; flags are evaluated without a session.",
        EventName = "NoSession")]
    private partial void LogNoSession(Exception exception);

    private sealed record CachedContext(ClaimsPrincipal User, FeatureFlagContext Context);
}
