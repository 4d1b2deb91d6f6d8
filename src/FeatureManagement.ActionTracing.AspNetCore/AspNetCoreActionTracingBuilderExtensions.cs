using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Context;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;
using FeatureManagement.ActionTracing.AspNetCore.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing;

/// <summary>Adds ASP.NET Core to action tracing.</summary>
public static class AspNetCoreActionTracingBuilderExtensions
{
    /// <summary>
    /// Adds the evaluation context of a request, the health check <c>action-tracing</c> (tagged <c>ready</c>) and the
    /// services of <c>MapActionTracing</c>. Calling it twice is harmless.
    /// </summary>
    /// <param name="builder">The builder of <c>WithActionTracing</c>.</param>
    /// <param name="configure">
    /// Sets policies and the anonymous cookie. May be null; the management API then denies access.
    /// </param>
    /// <returns>The same builder.</returns>
    public static ActionTracingBuilder AddAspNetCore(
        this ActionTracingBuilder builder, Action<ActionTracingWebOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (configure is not null)
            services.Configure(configure);
        services.AddHttpContextAccessor();
        services.TryAddSingleton<IFallbackContext, RequestContext>();
        if (services.Any(service => service.ServiceType == typeof(CallerAccess)))
            return builder;
        services.AddSingleton<CallerAccess>();
        services.AddSingleton<SameSite>();
        services.AddOptionsWithValidateOnStart<ActionTracingWebOptions, WebOptionsValidator>();
        services.AddHostedService<MissingPolicyWarning>();
        services.AddSingleton<DashboardAssets>();
        services.AddSingleton<ChangeFeed>();
        services.AddHealthChecks().AddCheck<ActionTracingHealthCheck>("action-tracing", tags: ["ready"]);
        return builder;
    }
}
