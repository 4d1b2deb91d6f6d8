using System.Globalization;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FeatureManagement.ActionTracing.AspNetCore.Health;

/// <summary>
/// Degraded while something of configuration is rejected or the store fails: what was last known stands, and a restart would not help. Unhealthy only until the
/// stored state has been read for the first time, for stored kills are not known before. Not for a liveness probe.
/// </summary>
internal sealed class ActionTracingHealthCheck(IActionTracingConfigurationStatus configuration, IActionTracingStoreStatus store, IExperimentResults experiments, IEvaluationAudit evaluations)
    : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ConfigurationReport configured = configuration.Current;
        StoreReport stored = store.Current;
        var data = new Dictionary<string, object>
        {
            ["configurationAcceptedAt"] = configured.AcceptedAt,
            ["configurationReloads"] = configured.ReloadOnChange,
            ["storeIsDurable"] = stored.IsDurable,
            ["changesNotStored"] = stored.Pending,
            ["auditEntriesNotStored"] = stored.PendingEntries,
            ["experimentEventsDropped"] = experiments.Dropped,
            ["evaluationsNotAudited"] = evaluations.Dropped,
        };
        // Only while it lasts: beside a healthy state it would look like a fault.
        if (configured is { Faults.Count: > 0, RejectedAt: { } rejectedAt })
            data["configurationRejectedAt"] = rejectedAt;
        if (stored.FailingSince is { } failingSince)
            data["storeFailingSince"] = failingSince;

        List<string> wrong = [.. configured.Faults.Select(fault => fault.Message), .. stored.Unreadable];
        if (stored.Error is not null)
            wrong.Add(stored.Error);
        if (stored.SizeFault is not null)
            wrong.Add(stored.SizeFault);
        if (stored.SyncError is not null)
            wrong.Add(stored.SyncError);
        if (stored.IsOverdue)
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"Changes that are in force here have waited to be stored since {stored.PendingSince:u}; a restart would forget them."));
        if (stored.Forgotten.Count > 0)
            wrong.Add($"The store was replaced and no longer has the emergency or rollback of {string.Join(", ", stored.Forgotten)}, which is in force here and is being stored again.");
        if (!stored.IsLoaded)
            wrong.Add("The stored state has not been read yet: stored emergencies are not known.");
        return Task.FromResult(new HealthCheckResult(
            !stored.IsLoaded ? HealthStatus.Unhealthy : wrong.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy,
            wrong.Count > 0 ? string.Join(' ', wrong) : "Flags are as configuration and the store say.",
            data: data));
    }
}
