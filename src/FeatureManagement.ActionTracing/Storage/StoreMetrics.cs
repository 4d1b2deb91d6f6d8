using System.Diagnostics.Metrics;

namespace FeatureManagement.ActionTracing.Storage;

internal sealed class StoreMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _failures = meters.Create(ActionTracingMeter.Name)
        .CreateCounter<long>("feature_flag.store.failures", "{call}", "Calls to the store that failed.");

    public void Failed() => _failures.Add(1);
}
