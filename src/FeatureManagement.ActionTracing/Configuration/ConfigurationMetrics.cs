using System.Diagnostics.Metrics;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Counts accepted and rejected changes of configuration.</summary>
internal sealed class ConfigurationMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _changes = meters.Create(ActionTracingMeter.Name)
        .CreateCounter<long>("feature_flag.configuration.changes", "{change}", "Changes of configuration, accepted or rejected.");

    public void Accepted() => _changes.Add(1, new KeyValuePair<string, object?>("feature_flag.configuration.result", "accepted"));

    public void Rejected() => _changes.Add(1, new KeyValuePair<string, object?>("feature_flag.configuration.result", "rejected"));
}
