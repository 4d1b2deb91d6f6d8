using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Reads the status of rollouts: the records in force, with the last safety checks of this instance. Thread-safe.</summary>
internal sealed class RolloutStatusReader(SnapshotSource source, RolloutRuns runs, IFlagCatalogSource configuration, TimeProvider time)
{
    /// <summary>The rollout of a flag, or its last one; null where it had none.</summary>
    public RolloutStatus? Find(string flag)
    {
        VersionedRecord applied = source.Layer(flag);
        if ((applied.Record.Rollout ?? applied.Record.LastRollout) is { } rollout)
            return Status(flag, rollout, applied);
        return null;
    }

    /// <summary>The rollouts that have not ended, by the names of their flags.</summary>
    public IReadOnlyList<RolloutStatus> Active()
    {
        var active = new List<RolloutStatus>();
        foreach ((string flag, VersionedRecord applied) in source.Layers())
            if (applied.Record.Rollout is { } rollout && source.Current.Find(flag) is not null)
                active.Add(Status(flag, rollout, applied));
        return [.. active.OrderBy(status => status.Flag, StringComparer.OrdinalIgnoreCase)];
    }

    private RolloutStatus Status(string flag, RolloutRecord rollout, VersionedRecord applied)
    {
        string name = source.Current.Find(flag)?.Name ?? flag;
        // A record that another release or a person wrote does not hide the rollouts of other flags.
        return SafeCall.Run(
            () => RolloutStatuses.Of(
                name, rollout, runs.Last(flag, rollout.Id), !applied.IsInOutbox,
                configuration.Catalog.Settings.ProgressionInterval, time.GetUtcNow()),
            exception => RolloutStatuses.Unknown(
                name, rollout, $"The status of this rollout cannot be shown: {ForeignText.Quote(exception.Message)}"));
    }
}
