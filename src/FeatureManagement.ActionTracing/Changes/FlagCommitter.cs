using FeatureManagement.ActionTracing.Changes.Edits;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Commits changes of flags: stored first, then in force. Thread-safe.</summary>
internal sealed class FlagCommitter(
    StoreLock storeLock,
    StoreSynchronizer synchronizer,
    StoreRefresher refresher,
    Outbox outbox,
    FlagWriter writer,
    FlagRecords records,
    FlagLookup flags,
    InstanceRegistry instances,
    Reconciler reconciler)
{
    private const int MaxAttempts = 20;

    /// <summary>Commits a change, over the changes that other instances made meanwhile.</summary>
    /// <exception cref="FlagChangeException">The change was refused, or the store failed; nothing was changed.</exception>
    public async Task<FlagStatus> CommitAsync(FlagEdit edit, CancellationToken cancellationToken)
    {
        edit.Change.Check();
        synchronizer.FollowDurable();
        using IDisposable releaser = await storeLock.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await CommitAsync_NeedsLock(edit).ConfigureAwait(false);
        }
        catch (StoreException exception)
        {
            // A commit also reads. Its caller asked for a change, and it is the change that failed.
            throw new FlagChangeException(FlagChangeError.StoreUnavailable, exception.Message, exception.InnerException);
        }
    }

    private async Task<FlagStatus> CommitAsync_NeedsLock(FlagEdit edit)
    {
        await outbox.FlushAsync_NeedsLock().ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            EffectiveFlag configured = flags.Configured(edit.Flag);
            if (await TryCommitAsync_NeedsLock(edit, configured).ConfigureAwait(false))
                return flags.StatusAfter(edit);
            if (attempt == MaxAttempts)
                throw Conflict(configured.Definition.Name);
            await refresher.RefreshAsync_NeedsLock(everything: attempt > 1).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryCommitAsync_NeedsLock(FlagEdit edit, EffectiveFlag configured)
    {
        // Other instances must know this instance's baselines before anything is stored over them.
        await instances.RegisterAsync_NeedsLock().ConfigureAwait(false);
        VersionedRecord record = records.Stored(edit.Flag);
        if (CommitDecision.ExpectsAnother(edit, record))
        {
            await refresher.RefreshAsync_NeedsLock().ConfigureAwait(false);
            record = records.Stored(edit.Flag);
        }
        FlagRecord next = CommitDecision.Decide(edit, configured, record, records.IsUnreadable(edit.Flag));
        if (ReferenceEquals(next, record.Record))
            return true;
        if (await writer.TryWriteAsync_NeedsLock(edit, configured, record, next).ConfigureAwait(false) is not { } written)
            return false;
        records.Accept(edit.Flag, written);
        reconciler.ReconcileCommit(edit.Flag, Baseline.Of(configured.Definition));
        return true;
    }

    private static FlagChangeException Conflict(string flag) => new(
        FlagChangeError.Conflict,
        $"Flag '{flag}' was changed by other instances {MaxAttempts} times meanwhile; nothing was changed. Try again.");
}
