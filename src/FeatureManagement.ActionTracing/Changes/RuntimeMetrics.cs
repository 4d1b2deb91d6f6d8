using System.Diagnostics;
using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// Counts changes, and shows each flag as it is. Only flags that exist are tags, as configuration spells them.
/// Thread-safe.
/// </summary>
internal sealed class RuntimeMetrics
{
    private const string Key = "feature_flag.key";

    private readonly SnapshotSource _source;
    private readonly Counter<long> _changes;
    private readonly Counter<long> _emergencies;

    public RuntimeMetrics(IMeterFactory meters, SnapshotSource source)
    {
        _source = source;
        Meter meter = meters.Create(ActionTracingMeter.Name);
        _changes = meter.CreateCounter<long>(
            "feature_flag.changes", "{change}",
            "Changes of flags at run time that are stored, by flag, by what was done and from where.");
        _emergencies = meter.CreateCounter<long>(
            "feature_flag.emergencies", "{emergency}",
            "Emergencies that were called here, stored or not, by flag and from where.");
        meter.CreateObservableGauge(
            "feature_flag.percentage", Percentages, "%",
            "The percentage of units that a flag can be on for, by flag.");
        meter.CreateObservableGauge(
            "feature_flag.emergency", Emergencies, "{flag}",
            "1 for a flag in emergency and for an emergency flag that is on, else 0, by flag.");
        meter.CreateObservableGauge(
            "feature_flag.rollout.phase", Phases, "{rollout}",
            "1 for the phase of a flag's rollout, or in which its last one ended, by flag and phase.");
    }

    /// <param name="flag">The flag, or null where configuration no longer has it.</param>
    /// <param name="action">What was done.</param>
    /// <param name="source">From where.</param>
    public void Changed(string? flag, string action, ChangeSource source)
    {
        var tags = new TagList { { "feature_flag.change.action", action }, { "feature_flag.change.source", FlagSpelling.Write(source) } };
        if (flag is not null)
            tags.Add(Key, flag);
        _changes.Add(1, tags);
    }

    public void Emergency(string flag, ChangeSource source) =>
        _emergencies.Add(1, new(Key, flag), new("feature_flag.change.source", FlagSpelling.Write(source)));

    private List<Measurement<double>> Percentages() =>
        Measure(static (snapshot, flag) => !snapshot.CanBeOn(flag)
            ? 0d
            : flag.Definition.State is FlagState.Canary or FlagState.Rollout ? (double)flag.Definition.Percentage
            : 100);

    private List<Measurement<int>> Emergencies() =>
        Measure(static (_, flag) =>
            flag.Definition is { State: FlagState.EmergencyOff } or { State: FlagState.Enabled, Priority: not null } ? 1 : 0);

    private List<Measurement<T>> Measure<T>(Func<FlagSnapshot, CompiledFlag, T> value) where T : struct
    {
        FlagSnapshot snapshot = _source.Latest;
        var measured = new List<Measurement<T>>(snapshot.Flags.Length);
        foreach (CompiledFlag flag in snapshot.Flags)
            measured.Add(new Measurement<T>(value(snapshot, flag), Of(flag)));
        return measured;
    }

    private IEnumerable<Measurement<int>> Phases()
    {
        FlagSnapshot snapshot = _source.Latest;
        foreach ((string name, VersionedRecord layer) in _source.Layers())
            if ((layer.Record.Rollout ?? layer.Record.LastRollout) is { } rollout && snapshot.Find(name) is { } flag)
                yield return new(1, Of(flag), new("feature_flag.rollout.phase", FlagSpelling.Write(PhaseOf(rollout, layer))));
    }

    private static RolloutPhase PhaseOf(RolloutRecord rollout, VersionedRecord layer)
    {
        if (rollout.Phase == RolloutPhase.RolledBack && layer.IsInOutbox)
            return RolloutPhase.RollingBack;
        return rollout.Phase;
    }

    private static KeyValuePair<string, object?> Of(CompiledFlag flag) => new(Key, flag.Name);
}
