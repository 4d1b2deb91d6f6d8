using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Runtime;

internal sealed class RuntimeMetrics
{
    private readonly Counter<long> _changes;

    public RuntimeMetrics(IMeterFactory meters) => _changes = meters.Create(ActionTracingMeter.Name)
        .CreateCounter<long>("feature_flag.changes", "{change}", "Changes of flags at run time, by what was done and from where.");

    public void Changed(string action, ChangeSource source) =>
        _changes.Add(1, new("feature_flag.change.action", action), new("feature_flag.change.source", FlagSpelling.Write(source)));
}
