using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing.Runtime;

internal static class RuntimeServices
{
    public static IServiceCollection AddRuntime(this IServiceCollection services)
    {
        services.TryAddSingleton<IActionTracingStore, InMemoryStore>();
        services.TryAddSingleton<StoreMetrics>();
        services.TryAddSingleton<BoundedStore>();
        services.TryAddSingleton<IActionTracingStoreStatus>(provider => provider.GetRequiredService<BoundedStore>());
        services.TryAddSingleton(NodeName.OfThisProcess);
        services.TryAddSingleton<FlagWatchers>();
        services.TryAddSingleton<SnapshotSource>();
        services.TryAddSingleton<FlagRecords>();
        services.TryAddSingleton<RuntimeMetrics>();
        services.TryAddSingleton<FlagControl>();
        services.TryAddSingleton<IAuditLog, AuditLog>();
        services.AddHostedService<StoreSync>();
        services.AddHostedService<AuditUpkeep>();
        return services;
    }
}
