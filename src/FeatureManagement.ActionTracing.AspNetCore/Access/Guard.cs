using FeatureManagement.ActionTracing.AspNetCore.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Stands before each endpoint of the mapped group, before anything of the request is bound or read.</summary>
internal static class Guard
{
    /// <summary>The endpoints of the group, reads and writes; which one an endpoint is follows from its methods.</summary>
    public static void Protect(this IEndpointConventionBuilder group) => group.Finally(endpoint =>
    {
        AccessRule rule = AccessRule.Take(endpoint);
        bool write = endpoint.Metadata.OfType<IHttpMethodMetadata>().Any(methods => methods.HttpMethods.Any(method => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)));
        bool people = endpoint.Metadata.OfType<OpenedByPeople>().Any();
        RequestDelegate inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = request => InvokeAsync(request, rule, write, people, inner);
    });

    private static async Task InvokeAsync(HttpContext request, AccessRule rule, bool write, bool people, RequestDelegate inner)
    {
        request.Response.Headers.CacheControl = "no-store";
        request.Response.Headers.XContentTypeOptions = "nosniff";
        CallerAccess access = request.RequestServices.GetRequiredService<CallerAccess>();
        IResult? refusal = write && !SameSite.Allows(request.Request)
            ? Problems.Of(StatusCodes.Status403Forbidden, "A write from another site is refused.")
            : await access.DecideAsync(request, rule, write).ConfigureAwait(false) switch
            {
                AccessDecision.Allowed => null,
                AccessDecision.Unknown when people && WantsPage(request) && await access.ChallengeAsync(request, rule).ConfigureAwait(false) => Results.Empty,
                AccessDecision.Forbidden => Problems.Of(StatusCodes.Status403Forbidden, Closed(access, rule, write) ?? $"You may not {(write ? "change" : "read")} action tracing."),
                _ => Problems.Of(StatusCodes.Status401Unauthorized, Closed(access, rule, write) ?? $"Say who you are: {(write ? "changing" : "reading")} action tracing needs a policy that you meet."),
            };
        if (refusal is null && write && !request.Request.HasJsonContentType())
            refusal = Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json.");
        if (refusal is null)
            await inner(request).ConfigureAwait(false);
        else
            await refusal.ExecuteAsync(request).ConfigureAwait(false);
    }

    private static string? Closed(CallerAccess access, AccessRule rule, bool write) => !access.IsClosed(rule, write) ? null
        : write ? $"Nobody may change action tracing here: no {nameof(ActionTracingWebOptions.WritePolicy)} is set."
        : $"Nobody may read action tracing here: no {nameof(ActionTracingWebOptions.ReadPolicy)} is set.";

    private static bool WantsPage(HttpContext request) => request.Request.Headers.Accept.Any(type => type?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
}
