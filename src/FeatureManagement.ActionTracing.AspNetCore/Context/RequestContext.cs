using System.Security.Claims;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

/// <summary>
/// Whom the request at hand is for: the signed-in user, else the visitor's session, else the request alone. Made once per request, and again when the
/// request's user changes. Outside a request there is no context. Thread-safe.
/// </summary>
internal sealed class RequestContext(IHttpContextAccessor http, IOptions<ActionTracingWebOptions> options, IHostEnvironment environment, TimeProvider time) : ITargetingContextAccessor
{
    private static readonly object Key = new();
    private static readonly object VisitorKey = new();

    public ValueTask<TargetingContext> GetContextAsync() => new(Get()!);

    private FeatureFlagContext? Get()
    {
        if (http.HttpContext is not { } request)
            return null;
        // The work of one request may run in parallel, and the request's own collections are not made for that.
        lock (request)
        {
            ClaimsPrincipal user = request.User;
            if (request.Items.TryGetValue(Key, out object? known) && known is Made made && ReferenceEquals(made.User, user))
                return made.Context;
            FeatureFlagContext context = Make(request, user);
            request.Items[Key] = new Made(user, context);
            return context;
        }
    }

    private FeatureFlagContext Make(HttpContext request, ClaimsPrincipal user)
    {
        ActionTracingWebOptions web = options.Value;
        bool signedIn = user.Identity?.IsAuthenticated == true;
        string? userId = signedIn ? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub") ?? user.Identity!.Name : null;
        return new FeatureFlagContext
        {
            UserId = userId,
            // Somebody who is known needs no cookie.
            SessionId = web.AnonymousCookie is { } cookie && string.IsNullOrEmpty(userId) ? Visitor(request, cookie) ?? SessionId(request) : SessionId(request),
            RequestId = request.TraceIdentifier,
            Groups = signedIn ? Groups(user, web.GroupClaimType) : [],
            Environment = environment.EnvironmentName,
            Timestamp = time.GetUtcNow(),
        };
    }

    // Once per request: a visitor who is drawn again when the user changes stays the same one.
    private static string? Visitor(HttpContext request, AnonymousCookie cookie)
    {
        if (!request.Items.TryGetValue(VisitorKey, out object? visitor))
            request.Items[VisitorKey] = visitor = AnonymousId.Of(request, cookie);
        return (string?)visitor;
    }

    // An empty session gets a new id at every request.
    private static string? SessionId(HttpContext request) =>
        request.Features.Get<ISessionFeature>()?.Session is { IsAvailable: true } session && session.Keys.Any() ? session.Id : null;

    private static string[] Groups(ClaimsPrincipal user, string? claimType) =>
        [.. user.Identities.Where(identity => identity.IsAuthenticated).SelectMany(identity => identity.FindAll(claimType ?? identity.RoleClaimType)).Select(claim => claim.Value)];

    private sealed record Made(ClaimsPrincipal User, FeatureFlagContext Context);
}
