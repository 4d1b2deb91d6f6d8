using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.Composition;

internal static class TracingServices
{
    public static IServiceCollection AddTracing(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton<AmbientAction>();
        services.TryAddSingleton<OutcomeRecorder>();
        services.TryAddSingleton<ActionMetrics>();
        services.TryAddSingleton(provider =>
            TraceOutput.FilesOf(provider.GetService<IHostEnvironment>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<TraceOutput>();
        services.TryAddSingleton<TracingSwitches>();
        services.TryAddSingleton<ActionServices>();
        services.TryAddSingleton<IActionTracer, ActionTracer>();
        return services;
    }
}
