using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Run-time changes of flags, and the records that they left. Thread-safe.</summary>
internal sealed class FlagControl(
    FlagCommitter committer, FlagApplier applier, StoreSynchronizer synchronizer, StoreRefresher refresher,
    SnapshotSource source)
{
    /// <summary>Whether the stored state is known here. Until then nothing that depends on it may go forward.</summary>
    public bool IsLoaded => refresher.IsLoaded;

    /// <summary>A flag's record, with what is in force and not yet stored, and its version.</summary>
    public VersionedRecord Record(string flag) => source.Layer(flag);

    /// <summary>The records of all flags that have one.</summary>
    public IReadOnlyList<KeyValuePair<string, VersionedRecord>> Records() => source.Layers();

    /// <inheritdoc cref="FlagCommitter.CommitAsync"/>
    public Task<FlagStatus> CommitAsync(FlagEdit edit, CancellationToken cancellationToken) =>
        committer.CommitAsync(edit, cancellationToken);

    /// <inheritdoc cref="FlagApplier.ApplyAsync"/>
    public Task<AppliedChange> ApplyAsync(FlagEdit edit, CancellationToken cancellationToken) =>
        applier.ApplyAsync(edit, cancellationToken);

    /// <inheritdoc cref="StoreSynchronizer.SyncAsync"/>
    public Task SyncAsync(CancellationToken cancellationToken) => synchronizer.SyncAsync(cancellationToken);

    /// <inheritdoc cref="StoreSynchronizer.LeaveAsync"/>
    public Task LeaveAsync() => synchronizer.LeaveAsync();
}
