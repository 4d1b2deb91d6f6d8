using FeatureManagement.ActionTracing.Changes.Edits;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>Reads what other instances changed, and puts it in force. Thread-safe, except where a name says otherwise.</summary>
internal sealed partial class StoreRefresher(
    BoundedStore store,
    StoreLock storeLock,
    StorePosition position,
    FlagRecords records,
    SnapshotSource source,
    Reconciler reconciler,
    TimeProvider time,
    ILogger<StoreRefresher> logger)
{
    private volatile bool _loaded;

    /// <summary>Whether the stored state is known here. Until then nothing that depends on it may go forward.</summary>
    public bool IsLoaded => _loaded;

    /// <summary>Reads the stored state for the first time, on the caller's thread.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Before the lock, which a store that does not answer would keep.
        StoreChanges changes = await store.State.ReadInlineAsync(FlagRecords.KeyPrefix, 0, cancellationToken).ConfigureAwait(false);
        using IDisposable releaser = await storeLock.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (!_loaded)
            Load_NeedsLock(changes);
    }

    /// <summary>Reads what changed since the last call; everything the first time, and where the store was replaced.</summary>
    /// <param name="everything">Whether to read everything again: a replaced store may have grown past the known version.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task RefreshAsync_NeedsLock(bool everything = false)
    {
        if (!_loaded)
        {
            Load_NeedsLock(await ReadAsync(0).ConfigureAwait(false));
            return;
        }
        long since = 0;
        if (!everything)
            since = position.Known;
        StoreChanges changes = await ReadAsync(since).ConfigureAwait(false);
        DateTimeOffset? replaced = null;
        if (position.IsReplacedBy(changes))
        {
            LogReplaced(position.Highest, changes.Version);
            if (since > 0)
                changes = await ReadAsync(0).ConfigureAwait(false);
            since = 0;
            replaced = time.GetUtcNow();
        }
        Report(Accept_NeedsLock(changes, since == 0, replaced), replaced is not null);
    }

    private void Load_NeedsLock(StoreChanges changes)
    {
        IReadOnlyList<string> changed = Accept_NeedsLock(changes, everything: true, replaced: null);
        _loaded = true;
        store.Update(report => report with { IsLoaded = true });
        LogLoaded(changed.Count, changes.Version);
        reconciler.Begin();
    }

    private IReadOnlyList<string> Accept_NeedsLock(StoreChanges changes, bool everything, DateTimeOffset? replaced)
    {
        IReadOnlyList<string> changed = records.Accept(changes.Documents, everything, replaced);
        position.Accept(changes);
        return changed;
    }

    private void Report(IReadOnlyList<string> changed, bool replaced)
    {
        if (replaced)
        {
            foreach (string flag in store.Current.Forgotten)
                LogForgotten(ForeignText.Quote(flag));
        }
        if (changed.Count > 0)
            reconciler.MarkUnreconciled();
        foreach (string flag in changed)
        {
            CompiledFlag? found = source.Latest.Find(flag);
            LogSeen(ForeignText.Quote(found?.Name ?? flag), AuditValues.Short(found?.Effective));
        }
    }

    private Task<StoreChanges> ReadAsync(long since) =>
        store.State.ReadAsync(FlagRecords.KeyPrefix, since, CancellationToken.None);

    [LoggerMessage(EventIds.FlagSeen, LogLevel.Information,
        "Flag '{Flag}' was changed by another instance; it is now {Now}.", EventName = "FlagSeen")]
    private partial void LogSeen(string flag, string now);

    [LoggerMessage(EventIds.StateLoaded, LogLevel.Information,
        "State loaded: {Flags} flags have run-time state; the store is at version {Version}.", EventName = "StateLoaded")]
    private partial void LogLoaded(int flags, long version);

    [LoggerMessage(EventIds.StoreReplaced, LogLevel.Warning,
        "The store was replaced or restored: it was at version {Known} and is at {Now}. Its content is in force now; "
            + "emergencies and rollbacks of this "
        + "instance stay in force.", EventName = "StoreReplaced")]
    private partial void LogReplaced(long known, long now);

    [LoggerMessage(EventIds.ChangeForgotten, LogLevel.Warning,
        "The store no longer has the emergency or rollback of flag '{Flag}'; it stays in force and is stored again.",
        EventName = "ChangeForgotten")]
    private partial void LogForgotten(string flag);
}
