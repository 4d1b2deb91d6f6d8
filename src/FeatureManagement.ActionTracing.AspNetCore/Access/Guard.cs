using FeatureManagement.ActionTracing.AspNetCore.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Stands before each endpoint of the mapped group, before anything of the request is bound or read.</summary>
internal static class Guard
{
    /// <summary>Guards the endpoints of the group; which right one needs follows from its metadata and its methods.</summary>
    public static void Protect(this IEndpointConventionBuilder group) => group.Finally(endpoint =>
    {
        AccessRule rule = AccessRule.Take(endpoint);
        AccessRight right = NeedsRight.Of(endpoint.Metadata);
        bool hasBody = endpoint.Metadata.OfType<IHttpMethodMetadata>().Any(methods => methods.HttpMethods.Any(method => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)));
        bool people = endpoint.Metadata.OfType<OpenedByPeople>().Any();
        RequestDelegate inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = request => InvokeAsync(request, rule, right, hasBody, people, inner);
    });

    private static async Task InvokeAsync(HttpContext request, AccessRule rule, AccessRight right, bool hasBody, bool people, RequestDelegate inner)
    {
        request.Response.Headers.CacheControl = "no-store";
        request.Response.Headers.XContentTypeOptions = "nosniff";
        CallerAccess access = request.RequestServices.GetRequiredService<CallerAccess>();
        string? foreign = right == AccessRight.Read ? null : request.RequestServices.GetRequiredService<SameSite>().Refusal(request.Request);
        IResult? refusal = foreign is not null
            ? Problems.Of(StatusCodes.Status403Forbidden, foreign)
            : await access.DecideAsync(request, rule, right).ConfigureAwait(false) switch
            {
                AccessDecision.Allowed => null,
                AccessDecision.Unknown when people && WantsPage(request) && await access.ChallengeAsync(request, rule).ConfigureAwait(false) => Results.Empty,
                AccessDecision.Forbidden => Problems.Of(StatusCodes.Status403Forbidden, access.Explain(rule, right, "Access denied.")),
                _ => Problems.Of(StatusCodes.Status401Unauthorized, access.Explain(rule, right, "Authentication required.")),
            };
        if (refusal is null && hasBody && !request.Request.HasJsonContentType())
            refusal = Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json.");
        if (refusal is null)
            await inner(request).ConfigureAwait(false);
        else
            await refusal.ExecuteAsync(request).ConfigureAwait(false);
    }

    private static bool WantsPage(HttpContext request) => request.Request.Headers.Accept.Any(type => type?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
}
