using System.Diagnostics.Metrics;

namespace FeatureManagement.ActionTracing.Storage;

internal sealed class StoreMetrics
{
    private readonly Counter<long> _failures;
    private readonly Counter<long> _removed;
    private readonly Counter<long> _refused;

    public StoreMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(ActionTracingMeter.Name);
        _failures = meter.CreateCounter<long>("feature_flag.store.failures", "{call}", "Calls to the store that failed.");
        _removed = meter.CreateCounter<long>(
            "feature_flag.store.evaluations.removed", "{evaluation}",
            "Audited evaluations that were removed because the store reached its size.");
        _refused = meter.CreateCounter<long>(
            "feature_flag.store.units.refused", "{event}",
            "Events of new units that were not taken in because the store reached its size.");
    }

    public void Failed() => _failures.Add(1);

    public void Removed(int evaluations) => _removed.Add(evaluations);

    public void Refused(int events) => _refused.Add(events);
}
