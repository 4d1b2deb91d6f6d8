using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing.Composition;

internal static class ExperimentServices
{
    public static IServiceCollection AddExperiments(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ExperimentUnits(provider.GetRequiredService<BoundedStore>().Units));
        services.TryAddSingleton(provider => new ExperimentQueue(provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()));
        services.TryAddSingleton<ExperimentWriter>();
        services.TryAddSingleton<ExperimentRuns>();
        services.TryAddSingleton<ExperimentChecks>();
        services.TryAddSingleton<ExperimentResults>();
        services.TryAddSingleton<IExperimentResults>(provider => provider.GetRequiredService<ExperimentResults>());
        services.TryAddSingleton<IExperimentRecorder>(provider => ActivatorUtilities.CreateInstance<ExperimentRecorder>(
            provider, provider.AmbientContextOfSingletons(services)));
        services.TryAddSingleton<ExperimentService>();
        services.AddHostedService(provider => provider.GetRequiredService<ExperimentService>());
        return services;
    }
}
