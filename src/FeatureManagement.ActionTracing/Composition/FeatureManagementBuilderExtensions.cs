using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Composition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing;

/// <summary>The one call that adds this library to Microsoft.FeatureManagement.</summary>
public static class FeatureManagementBuilderExtensions
{
    /// <summary>
    /// Puts the flags of the configuration section <c>ActionTracing</c> beside Microsoft.FeatureManagement's own: <c>[FeatureGate]</c>,
    /// <c>IFeatureManager</c>, <c>IVariantFeatureManager</c> and everything built on them answer for both. Calling it
    /// twice is harmless.
    /// </summary>
    /// <param name="builder">What <c>AddFeatureManagement()</c> or <c>AddScopedFeatureManagement()</c> returned.</param>
    /// <param name="configure">Adds parts: a store, ASP.NET Core. May be null.</param>
    /// <returns>The same builder.</returns>
    public static IFeatureManagementBuilder WithActionTracing(
        this IFeatureManagementBuilder builder, Action<ActionTracingBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (!services.Any(service => service.ServiceType == typeof(FlagEvaluator)))
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddConfiguration();
            services.AddEvaluation();
            services.AddTracing();
            builder.AddIntegration();
            services.AddRuntime();
            services.AddRollouts();
            services.AddExperiments();
        }
        configure?.Invoke(new ActionTracingBuilder(services));
        return builder;
    }
}
