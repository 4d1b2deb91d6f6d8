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

/// <summary>Who may do what. What is not expressly allowed is denied.</summary>
internal sealed partial class CallerAccess(IHostEnvironment environment, IOptions<ActionTracingWebOptions> options, ILogger<CallerAccess> logger)
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
            return AccessDecision.Unknown;
        }
        if (await PolicyAsync(policies, rule, PolicyOf(right)).ConfigureAwait(false) is not { } policy)
            return Denied(request);
        AuthenticateResult authentication = await evaluator.AuthenticateAsync(policy, request).ConfigureAwait(false);
        PolicyAuthorizationResult result = await evaluator.AuthorizeAsync(policy, authentication, request, request).ConfigureAwait(false);
        return result.Succeeded ? AccessDecision.Allowed : result.Challenged ? AccessDecision.Unknown : AccessDecision.Forbidden;
    }

    /// <summary>Whether nobody may, because the application has not said who may. A blank policy closes as well: authorization reads it as any signed-in user.</summary>
    public bool IsClosed(AccessRule rule, AccessRight right)
    {
        if (right == AccessRight.Read && rule.AllowsAnonymous)
            return false;
        return PolicyOf(right) is { } policy ? string.IsNullOrWhiteSpace(policy) : right != AccessRight.Read || rule.IsEmpty;
    }

    /// <summary>Why a caller is refused: the policy that it needs, or the option that is not set.</summary>
    public string Explain(AccessRule rule, AccessRight right, string standard)
    {
        if (IsClosed(rule, right))
            return $"{standard} {AccessWords.Missing(right)}";
        string[] names = [.. rule.Required.Select(required => required.Policy).Append(PolicyOf(right)).OfType<string>().Distinct(StringComparer.Ordinal)];
        bool others = rule.Policies.Count > 0 || rule.Required.Any(required => required.Policy is null);
        return $"{standard} {AccessWords.Needed(right, names, others)}";
    }

    private string? PolicyOf(AccessRight right) => right switch
    {
        AccessRight.Read => options.Value.ReadPolicy,
        AccessRight.Write => options.Value.WritePolicy,
        _ => options.Value.EmergencyPolicy ?? options.Value.WritePolicy,
    };

    /// <summary>Has an unknown reader sign in, by the schemes of what is asked of readers.</summary>
    /// <returns>Whether that answered the request, as a redirect does. Where there is no way to sign in, or signing in would not help, it does not.</returns>
    public async Task<bool> ChallengeAsync(HttpContext request, AccessRule rule)
    {
        if (request.RequestServices.GetService<IAuthenticationSchemeProvider>() is not { } schemes
            || request.RequestServices.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || await PolicyAsync(policies, rule, PolicyOf(AccessRight.Read)).ConfigureAwait(false) is not { } policy)
            return false;
        IReadOnlyList<string> asked = policy.AuthenticationSchemes;
        if (asked.Count == 0)
            asked = await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) is { } scheme ? [scheme.Name] : [];
        foreach (string scheme in asked)
        {
            await request.ChallengeAsync(scheme).ConfigureAwait(false);
            // The scheme that has a way to sign in wins; one after it, such as a bearer's, would make a 401 of its redirect.
            if (request.Response.HasStarted || request.Response.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status401Unauthorized))
                return true;
        }
        request.Response.Headers.Remove(HeaderNames.Location);
        return false;
    }

    /// <summary>What is asked of a caller; null where nothing is, or a policy does not exist.</summary>
    private async Task<AuthorizationPolicy?> PolicyAsync(IAuthorizationPolicyProvider policies, AccessRule rule, string? own)
    {
        try
        {
            return await AuthorizationPolicy.CombineAsync(policies, own is null ? rule.Required : [.. rule.Required, new AuthorizeAttribute(own)], rule.Policies).ConfigureAwait(false);
        }
        catch (InvalidOperationException exception)
        {
            // A policy that does not exist lets nobody in.
            LogNoPolicy(exception);
            return null;
        }
    }

    private static AccessDecision Denied(HttpContext request) =>
        request.User.Identity?.IsAuthenticated == true ? AccessDecision.Forbidden : AccessDecision.Unknown;

    [LoggerMessage(EventIds.NoAuthorizationServices, LogLevel.Error, "A policy guards action tracing, but the application has no authentication or authorization services; nobody is let in. Call AddAuthentication() and AddAuthorization().", EventName = "NoAuthorizationServices")]
    private partial void LogNoServices();

    [LoggerMessage(EventIds.NoSuchPolicy, LogLevel.Error, "A policy that guards action tracing does not exist; nobody is let in. Check ReadPolicy, WritePolicy, EmergencyPolicy and RequireAuthorization() against AddAuthorization().", EventName = "NoSuchPolicy")]
    private partial void LogNoPolicy(Exception exception);
}
