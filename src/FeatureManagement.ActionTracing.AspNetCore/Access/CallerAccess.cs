using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Who may do what. Whatever is not expressly allowed is denied.</summary>
internal sealed partial class CallerAccess(IHostEnvironment environment, IOptions<ActionTracingWebOptions> options, ILogger<CallerAccess> logger)
{
    public async Task<AccessDecision> DecideAsync(HttpContext request, AccessRule rule, bool write)
    {
        if (environment.IsDevelopment() && LocalCaller.Is(request))
            return AccessDecision.Allowed;
        if (!write && rule.AllowsAnonymous)
            return AccessDecision.Allowed;
        if (IsClosed(rule, write))
            return Denied(request);
        string? own = write ? options.Value.WritePolicy : options.Value.ReadPolicy;
        if (request.RequestServices.GetService<IPolicyEvaluator>() is not { } evaluator
            || request.RequestServices.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || request.RequestServices.GetService<IAuthenticationSchemeProvider>() is null)
        {
            LogNoServices();
            return AccessDecision.Unknown;
        }
        if (await PolicyAsync(policies, rule, own).ConfigureAwait(false) is not { } policy)
            return Denied(request);
        AuthenticateResult authentication = await evaluator.AuthenticateAsync(policy, request).ConfigureAwait(false);
        PolicyAuthorizationResult result = await evaluator.AuthorizeAsync(policy, authentication, request, request).ConfigureAwait(false);
        return result.Succeeded ? AccessDecision.Allowed : result.Challenged ? AccessDecision.Unknown : AccessDecision.Forbidden;
    }

    /// <summary>Whether nobody may, because the application has not said who may.</summary>
    public bool IsClosed(AccessRule rule, bool write) => write
        ? options.Value.WritePolicy is null
        : options.Value.ReadPolicy is null && rule.IsEmpty && !rule.AllowsAnonymous;

    /// <summary>Has an unknown reader sign in, by the schemes of what is asked of readers.</summary>
    /// <returns>Whether that answered the request, as a redirect does. Where there is no way to sign in, or signing in would not help, it does not.</returns>
    public async Task<bool> ChallengeAsync(HttpContext request, AccessRule rule)
    {
        if (request.RequestServices.GetService<IAuthenticationSchemeProvider>() is not { } schemes
            || request.RequestServices.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || await PolicyAsync(policies, rule, options.Value.ReadPolicy).ConfigureAwait(false) is not { } policy)
            return false;
        IReadOnlyList<string> asked = policy.AuthenticationSchemes;
        if (asked.Count == 0)
            asked = await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) is { } scheme ? [scheme.Name] : [];
        foreach (string scheme in asked)
            await request.ChallengeAsync(scheme).ConfigureAwait(false);
        return request.Response.HasStarted || request.Response.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status401Unauthorized);
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

    [LoggerMessage(600, LogLevel.Error, "A policy guards action tracing, but the application has no authentication or authorization services; nobody is let in. Call AddAuthentication() and AddAuthorization().", EventName = "NoAuthorizationServices")]
    private partial void LogNoServices();

    [LoggerMessage(601, LogLevel.Error, "A policy that guards action tracing does not exist; nobody is let in. Check ReadPolicy, WritePolicy and RequireAuthorization() against AddAuthorization().", EventName = "NoSuchPolicy")]
    private partial void LogNoPolicy(Exception exception);
}
