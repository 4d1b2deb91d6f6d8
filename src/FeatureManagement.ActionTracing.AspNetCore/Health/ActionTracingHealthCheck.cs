using FeatureManagement.ActionTracing.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FeatureManagement.ActionTracing.AspNetCore.Health;

/// <summary>
/// Degraded while something of configuration is rejected: the last good flags stand, and a restart would not help. Not for a liveness probe.
/// </summary>
internal sealed class ActionTracingHealthCheck(IActionTracingConfigurationStatus configuration) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ConfigurationReport report = configuration.Current;
        var data = new Dictionary<string, object>
        {
            ["configurationAcceptedAt"] = report.AcceptedAt,
            ["configurationReloads"] = report.ReloadOnChange,
        };
        if (report.RejectedAt is { } rejectedAt)
            data["configurationRejectedAt"] = rejectedAt;
        if (report.Faults.Count == 0)
            return Task.FromResult(HealthCheckResult.Healthy("Flags are as configuration says.", data));
        data["configurationFaults"] = report.Faults.Select(fault => fault.Message).ToArray();
        return Task.FromResult(HealthCheckResult.Degraded(
            "Configuration is rejected in part, and the last good values stand: " + string.Join(' ', report.Faults.Select(fault => fault.Message)), data: data));
    }
}
