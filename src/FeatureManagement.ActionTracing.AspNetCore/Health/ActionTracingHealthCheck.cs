using System.Globalization;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FeatureManagement.ActionTracing.AspNetCore.Health;

/// <summary>
/// Degraded while configuration is rejected or the store is unavailable: the last known state is in force, and a
/// restart would not help. Unhealthy only until the stored state is loaded for the first time. Not for a liveness
/// probe.
/// </summary>
internal sealed class ActionTracingHealthCheck(
    IActionTracingConfigurationStatus configuration,
    IActionTracingStoreStatus store,
    IExperimentResults experiments,
    IEvaluationAudit evaluations) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ConfigurationReport configured = configuration.Current;
        StoreReport stored = store.Current;
        List<string> faults = Faults(configured, stored);
        string description = "Configuration and store are healthy.";
        if (faults.Count > 0)
            description = string.Join(' ', faults);
        return Task.FromResult(new HealthCheckResult(StatusOf(stored, faults), description, data: Data(configured, stored)));
    }

    private static HealthStatus StatusOf(StoreReport stored, List<string> faults)
    {
        if (!stored.IsLoaded)
            return HealthStatus.Unhealthy;
        if (faults.Count > 0)
            return HealthStatus.Degraded;
        return HealthStatus.Healthy;
    }

    private static List<string> Faults(ConfigurationReport configured, StoreReport stored)
    {
        List<string?> faults =
        [
            .. configured.Faults.Select(fault => fault.Message),
            .. stored.Unreadable,
            stored.Error,
            stored.SizeFault,
            stored.SyncError,
        ];
        if (stored.IsOverdue)
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The outbox has had changes since {stored.OutboxSince:u}; a restart would lose them."));
        if (stored.Forgotten.Count > 0)
            faults.Add(
                $"The store was replaced and lost the emergency or rollback of {string.Join(", ", stored.Forgotten)}; "
                + "it stays in force and is stored again.");
        if (!stored.IsLoaded)
            faults.Add("The stored state is not loaded yet: stored emergencies are unknown.");
        return [.. faults.OfType<string>()];
    }

    private Dictionary<string, object> Data(ConfigurationReport configured, StoreReport stored)
    {
        var data = new Dictionary<string, object>
        {
            ["configurationAcceptedAt"] = configured.AcceptedAt,
            ["configurationReloads"] = configured.ReloadOnChange,
            ["storeIsDurable"] = stored.IsDurable,
            ["outboxChanges"] = stored.OutboxChanges,
            ["outboxAuditEntries"] = stored.OutboxAuditEntries,
            ["experimentEventsDropped"] = experiments.Dropped,
            ["evaluationsNotAudited"] = evaluations.Dropped,
        };
        // Only while the fault lasts: beside a healthy status it would be misleading.
        if (configured is { Faults.Count: > 0, RejectedAt: { } rejectedAt })
            data["configurationRejectedAt"] = rejectedAt;
        if (stored.FailingSince is { } failingSince)
            data["storeFailingSince"] = failingSince;
        return data;
    }
}
