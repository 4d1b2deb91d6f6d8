using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Runtime;

internal sealed class RuntimeMetrics
{
    private readonly Counter<long> _changes;
    private readonly Counter<long> _emergencies;

    public RuntimeMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(ActionTracingMeter.Name);
        _changes = meter.CreateCounter<long>("feature_flag.changes", "{change}", "Changes of flags at run time that are stored, by what was done and from where.");
        _emergencies = meter.CreateCounter<long>("feature_flag.emergencies", "{emergency}", "Emergencies that were called here, stored or not, by from where.");
    }

    public void Changed(string action, ChangeSource source) =>
        _changes.Add(1, new("feature_flag.change.action", action), new("feature_flag.change.source", FlagSpelling.Write(source)));

    public void Emergency(ChangeSource source) => _emergencies.Add(1, new KeyValuePair<string, object?>("feature_flag.change.source", FlagSpelling.Write(source)));
}
