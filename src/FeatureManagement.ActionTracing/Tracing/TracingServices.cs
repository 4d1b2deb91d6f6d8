using FeatureManagement.ActionTracing.Safety;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing.Tracing;

internal static class TracingServices
{
    public static IServiceCollection AddTracing(this IServiceCollection services)
    {
        services.TryAddSingleton<AmbientAction>();
        services.TryAddSingleton<OutcomeRecorder>();
        services.TryAddSingleton<IActionTracer, ActionTracer>();
        return services;
    }
}
