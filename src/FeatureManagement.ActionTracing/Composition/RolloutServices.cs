using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing.Composition;

internal static class RolloutServices
{
    public static void AddRollouts(this IServiceCollection services)
    {
        services.TryAddSingleton<IRolloutMetricsSource, RecorderMetricsSource>();
        services.TryAddSingleton<RolloutLedgers>();
        services.TryAddSingleton<RolloutMetrics>();
        services.TryAddSingleton<RolloutRuns>();
        services.TryAddSingleton<RolloutTerms>();
        services.TryAddSingleton<RolloutObserver>();
        services.TryAddSingleton<RolloutEffects>();
        services.TryAddSingleton<LedgerUpdate>();
        services.TryAddSingleton<SafetyCheck>();
        services.TryAddSingleton<EarlySafetyCheck>();
        services.TryAddSingleton<DueChecks>();
        services.TryAddSingleton<RolloutMonitor>();
        services.TryAddSingleton<AutoStart>();
        services.TryAddSingleton<RolloutLoop>();
        services.AddHostedService(static provider => provider.GetRequiredService<RolloutLoop>());
        services.TryAddSingleton<RolloutRequests>();
        services.TryAddSingleton<RolloutStatusReader>();
        services.TryAddSingleton<IRolloutManager, RolloutManager>();
    }
}
