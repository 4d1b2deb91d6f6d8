using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Edits;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing.Composition;

internal static class RuntimeServices
{
    public static IServiceCollection AddRuntime(this IServiceCollection services)
    {
        services.TryAddSingleton<IActionTracingStore, InMemoryStore>();
        services.TryAddSingleton<StoreMetrics>();
        services.TryAddSingleton<BoundedStore>();
        services.TryAddSingleton<IActionTracingStoreStatus>(provider => provider.GetRequiredService<BoundedStore>());
        services.TryAddSingleton(InstanceName.OfThisProcess);
        services.TryAddSingleton<FlagWatchers>();
        services.TryAddSingleton<SnapshotSource>();
        services.TryAddSingleton<FlagRecords>();
        services.TryAddSingleton<RuntimeMetrics>();
        services.TryAddSingleton<ConfigurationAudit>();
        services.TryAddSingleton<InstanceDocument>();
        services.TryAddSingleton<InstanceRegistry>();
        services.TryAddSingleton<ContentTimes>();
        services.TryAddSingleton<Reconciler>();
        services.TryAddSingleton<StoreLock>();
        services.TryAddSingleton<StorePosition>();
        services.TryAddSingleton<StoreRefresher>();
        services.TryAddSingleton<FlagWriter>();
        services.TryAddSingleton<ConfigurationAuditWriter>();
        services.TryAddSingleton<Outbox>();
        services.TryAddSingleton<StoreSynchronizer>();
        services.TryAddSingleton<FlagLookup>();
        services.TryAddSingleton<FlagCommitter>();
        services.TryAddSingleton<FlagApplier>();
        services.TryAddSingleton<StorePolling>();
        services.TryAddSingleton<FirstRead>();
        services.TryAddSingleton<IStoredState>(provider => provider.GetRequiredService<FirstRead>());
        services.TryAddSingleton<StoreSpace>();
        services.TryAddSingleton<IAuditLog, AuditLog>();
        services.TryAddSingleton(provider => new EvaluationQueue(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IEvaluationAudit, EvaluationAudit>();
        services.AddHostedService<StoreSync>();
        services.AddHostedService<AuditUpkeep>();
        services.AddHostedService<EvaluationAuditService>();
        return services;
    }
}
