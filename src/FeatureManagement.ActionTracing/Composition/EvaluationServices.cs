using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Management;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Composition;

internal static class EvaluationServices
{
    public static IServiceCollection AddEvaluation(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<EvaluationMetrics>();
        services.TryAddSingleton<EvaluationWarnings>();
        services.TryAddSingleton<FlagEvaluator>();
        // Transient, so that it sees the accessor of the scope that resolves it.
        services.TryAddTransient(
            provider => provider.AmbientContextOver(provider.GetService<ITargetingContextAccessor>(), hasAccessor: false));
        services.TryAddSingleton<FlagEditor>();
        services.TryAddSingleton<KillSwitch>();
        services.TryAddSingleton<IFeatureFlagManager>(provider => new FeatureFlagManager(
            provider.GetRequiredService<SnapshotSource>(),
            provider.GetRequiredService<FlagEvaluator>(),
            provider.AmbientContextOfSingletons(services),
            provider.GetRequiredService<EvaluationWarnings>(),
            provider.GetRequiredService<FlagEditor>(),
            provider.GetRequiredService<KillSwitch>(),
            provider.GetRequiredService<FlagWatchers>(),
            provider.GetRequiredService<IRolloutManager>));
        return services;
    }

    /// <summary>The ambient context for a singleton, which must not capture an accessor of a scope.</summary>
    public static AmbientContext AmbientContextOfSingletons(this IServiceProvider provider, IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(ITargetingContextAccessor)
            && service.Lifetime != ServiceLifetime.Singleton))
            return provider.AmbientContextOver(null, hasAccessor: true);
        return provider.AmbientContextOver(provider.GetService<ITargetingContextAccessor>(), hasAccessor: false);
    }

    // An accessor of the application is the only source of the user: a second source could give the user another bucket.
    private static AmbientContext AmbientContextOver(
        this IServiceProvider provider, ITargetingContextAccessor? accessor, bool hasAccessor) => new(
        accessor,
        accessor is null && !hasAccessor ? provider.GetService<IFallbackContext>() : null,
        provider.GetRequiredService<AmbientAction>(),
        provider.GetRequiredService<EvaluationWarnings>());
}
