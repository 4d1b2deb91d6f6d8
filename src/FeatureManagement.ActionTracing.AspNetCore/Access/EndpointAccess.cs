using FeatureManagement.ActionTracing.AspNetCore.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Checks access before an endpoint of the mapped group binds or reads anything of the request.</summary>
internal sealed class EndpointAccess
{
    private readonly AccessRule _rule;
    private readonly AccessRight _right;
    private readonly bool _hasBody;
    private readonly bool _isPage;
    private readonly RequestDelegate _inner;

    private EndpointAccess(EndpointBuilder endpoint)
    {
        _rule = AccessRule.Take(endpoint);
        _right = RequiredRight.Of(endpoint.Metadata);
        _hasBody = RequiredRight.HasWriteMethod(endpoint.Metadata);
        _isPage = endpoint.Metadata.OfType<BrowserPage>().Any();
        _inner = endpoint.RequestDelegate!; // routing sets it before the finally conventions
    }

    /// <summary>
    /// Protects the endpoints of a group. Metadata and HTTP methods decide which right an endpoint needs.
    /// </summary>
    public static void Protect(IEndpointConventionBuilder group) =>
        group.Finally(endpoint => endpoint.RequestDelegate = new EndpointAccess(endpoint).InvokeAsync);

    private async Task InvokeAsync(HttpContext request)
    {
        request.Response.Headers.CacheControl = "no-store";
        request.Response.Headers.XContentTypeOptions = "nosniff";
        IResult? denied = await DenyAsync(request).ConfigureAwait(false);
        if (denied is null)
            await _inner(request).ConfigureAwait(false);
        else
            await denied.ExecuteAsync(request).ConfigureAwait(false);
    }

    private async Task<IResult?> DenyAsync(HttpContext request)
    {
        if (_right != AccessRight.Read
            && request.RequestServices.GetRequiredService<SameSite>().Refusal(request.Request) is { } foreign)
            return Problems.Of(StatusCodes.Status403Forbidden, foreign);
        CallerAccess access = request.RequestServices.GetRequiredService<CallerAccess>();
        switch (await access.DecideAsync(request, _rule, _right).ConfigureAwait(false))
        {
            case AccessDecision.Forbidden:
                return Problems.Of(StatusCodes.Status403Forbidden, access.Explain(_rule, _right, "Access denied."));
            case AccessDecision.Unauthenticated:
                if (_isPage && WantsPage(request) && await access.ChallengeAsync(request, _rule).ConfigureAwait(false))
                    return Results.Empty;
                return Problems.Of(
                    StatusCodes.Status401Unauthorized, access.Explain(_rule, _right, "Authentication required."));
        }
        if (_hasBody && !request.Request.HasJsonContentType())
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, "Unsupported content type: it must be application/json.");
        return null;
    }

    private static bool WantsPage(HttpContext request) => request.Request.Headers.Accept.Any(
        type => type?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
}
