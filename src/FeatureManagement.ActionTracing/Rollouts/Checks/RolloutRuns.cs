using System.Collections.Concurrent;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>
/// The rollouts that this instance monitors. Of each flag one check at a time replaces the run; readers see the last
/// one. Thread-safe.
/// </summary>
internal sealed class RolloutRuns(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RolloutRun> _runs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Flags whose rollout is monitored.</summary>
    public IEnumerable<string> Flags => _runs.Keys;

    /// <summary>The result of the last check of each flag: null before the first, and another object after each.</summary>
    public IEnumerable<KeyValuePair<string, RolloutCheck?>> Checks =>
        _runs.Select(static run => KeyValuePair.Create(run.Key, run.Value.Last));

    /// <summary>The run of a rollout; null where it is not monitored.</summary>
    public RolloutRun? Find(string flag, string id)
    {
        if (_runs.GetValueOrDefault(flag) is { } run && run.Id == id)
            return run;
        return null;
    }

    /// <summary>The run of a rollout, which begins here where it is not monitored yet.</summary>
    public RolloutRun Get(string flag, RolloutRecord record) => _runs.AddOrUpdate(
        flag, _ => RolloutRun.Begin(record, time.GetTimestamp()),
        (_, known) => known.Id == record.Id ? known : RolloutRun.Begin(record, time.GetTimestamp()));

    /// <summary>The result of the last check of a rollout in this instance; null before the first.</summary>
    public RolloutCheck? Last(string flag, string id) => Find(flag, id)?.Last;

    public RolloutRun Set(string flag, RolloutRun run) => _runs[flag] = run;

    public void Forget(string flag) => _runs.TryRemove(flag, out _);
}
