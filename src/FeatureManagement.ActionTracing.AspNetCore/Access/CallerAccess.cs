using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Decides whether a caller may use an endpoint. The default is to deny.</summary>
internal sealed partial class CallerAccess(
    IHostEnvironment environment, IOptions<ActionTracingWebOptions> options, ILogger<CallerAccess> logger)
{
    public async Task<AccessDecision> DecideAsync(HttpContext request, AccessRule rule, AccessRight right)
    {
        if (environment.IsDevelopment() && LocalCaller.Is(request))
            return AccessDecision.Allowed;
        if (right == AccessRight.Read && rule.AllowsAnonymous)
            return AccessDecision.Allowed;
        if (IsClosed(rule, right))
            return Denied(request);
        if (request.RequestServices.GetService<IPolicyEvaluator>() is not { } evaluator
            || request.RequestServices.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || request.RequestServices.GetService<IAuthenticationSchemeProvider>() is null)
        {
            LogNoServices();
            return AccessDecision.Unauthenticated;
        }
        if (await PolicyAsync(policies, rule, PolicyOf(right)).ConfigureAwait(false) is not { } policy)
            return Denied(request);
        AuthenticateResult caller = await evaluator.AuthenticateAsync(policy, request).ConfigureAwait(false);
        PolicyAuthorizationResult result =
            await evaluator.AuthorizeAsync(policy, caller, request, request).ConfigureAwait(false);
        return result switch
        {
            { Succeeded: true } => AccessDecision.Allowed,
            { Challenged: true } => AccessDecision.Unauthenticated,
            _ => AccessDecision.Forbidden,
        };
    }

    /// <summary>
    /// Whether every caller is denied, because the application has set no policy. A blank policy denies too:
    /// authorization would read it as any authenticated user.
    /// </summary>
    public bool IsClosed(AccessRule rule, AccessRight right)
    {
        if (right == AccessRight.Read && rule.AllowsAnonymous)
            return false;
        if (PolicyOf(right) is { } policy)
            return string.IsNullOrWhiteSpace(policy);
        return right != AccessRight.Read || rule.IsEmpty;
    }

    /// <summary>Explains why a caller is denied: the policy that it needs, or the option that is not set.</summary>
    public string Explain(AccessRule rule, AccessRight right, string standard)
    {
        if (IsClosed(rule, right))
            return $"{standard} {AccessMessages.Missing(right)}";
        IEnumerable<string> names = rule.Required
            .Select(required => required.Policy)
            .Append(PolicyOf(right))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
        bool others = rule.Policies.Count > 0 || rule.Required.Any(required => required.Policy is null);
        return $"{standard} {AccessMessages.Needed(right, [.. names], others)}";
    }

    private string? PolicyOf(AccessRight right) => right switch
    {
        AccessRight.Read => options.Value.ReadPolicy,
        AccessRight.Write => options.Value.WritePolicy,
        _ => options.Value.EmergencyPolicy ?? options.Value.WritePolicy,
    };

    /// <summary>Challenges an unauthenticated reader by the schemes of the read policy.</summary>
    /// <returns>
    /// Whether a scheme answered the request, for example by a redirect. False where no scheme has a way to sign in.
    /// </returns>
    public async Task<bool> ChallengeAsync(HttpContext request, AccessRule rule)
    {
        if (request.RequestServices.GetService<IAuthenticationSchemeProvider>() is not { } schemes
            || request.RequestServices.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || await PolicyAsync(policies, rule, PolicyOf(AccessRight.Read)).ConfigureAwait(false) is not { } policy)
            return false;
        foreach (string scheme in await ChallengeSchemesAsync(policy, schemes).ConfigureAwait(false))
        {
            await request.ChallengeAsync(scheme).ConfigureAwait(false);
            // The first scheme that answers wins: a later one, such as a bearer scheme, would turn its redirect into a
            // 401.
            if (request.Response.HasStarted
                || request.Response.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status401Unauthorized))
                return true;
        }
        request.Response.Headers.Remove(HeaderNames.Location);
        return false;
    }

    private static async Task<IReadOnlyList<string>> ChallengeSchemesAsync(
        AuthorizationPolicy policy, IAuthenticationSchemeProvider schemes)
    {
        if (policy.AuthenticationSchemes.Count > 0)
            return policy.AuthenticationSchemes;
        if (await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) is { } scheme)
            return [scheme.Name];
        return [];
    }

    /// <summary>The combined policy; null where nothing is required, or a policy does not exist.</summary>
    private async Task<AuthorizationPolicy?> PolicyAsync(IAuthorizationPolicyProvider policies, AccessRule rule, string? own)
    {
        List<IAuthorizeData> required = [.. rule.Required];
        if (own is not null)
            required.Add(new AuthorizeAttribute(own));
        try
        {
            return await AuthorizationPolicy.CombineAsync(policies, required, rule.Policies).ConfigureAwait(false);
        }
        catch (InvalidOperationException exception)
        {
            // A policy that does not exist denies every caller.
            LogNoPolicy(exception);
            return null;
        }
    }

    private static AccessDecision Denied(HttpContext request)
    {
        if (request.User.Identity?.IsAuthenticated == true)
            return AccessDecision.Forbidden;
        return AccessDecision.Unauthenticated;
    }

    [LoggerMessage(
        EventIds.NoAuthorizationServices,
        LogLevel.Error,
        "Access to action tracing is denied: authorization services are missing. "
            + "Call AddAuthentication() and AddAuthorization().",
        EventName = "NoAuthorizationServices")]
    private partial void LogNoServices();

    [LoggerMessage(
        EventIds.NoSuchPolicy,
        LogLevel.Error,
        "Access to action tracing is denied: an authorization policy does not exist. Compare ReadPolicy, WritePolicy, "
            + "EmergencyPolicy and RequireAuthorization() with AddAuthorization().",
        EventName = "NoSuchPolicy")]
    private partial void LogNoPolicy(Exception exception);
}
