using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// The one place through which any run-time change of a flag goes. <see cref="CommitAsync"/> writes, then acts; <see cref="ActAsync"/> acts, then writes,
/// and goes on trying in the background. Thread-safe.
/// </summary>
internal sealed partial class FlagControl : IDisposable
{
    // How often a commit is tried again over what others wrote meanwhile.
    private const int MaxAttempts = 20;

    private readonly SnapshotSource _source;
    private readonly FlagRecords _records;
    private readonly BoundedStore _store;
    private readonly StorePolling _polling;
    private readonly IFlagCatalogSource _configuration;
    private readonly Reconciler _reconciler;
    private readonly InstanceRegistry _instances;
    private readonly ContentTimes _contents;
    private readonly InstanceName _node;
    private readonly TimeProvider _time;
    private readonly RuntimeMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _lane = new(1, 1); // one conversation with the store at a time, so that changes are written in order
    private long _known; // the store's version up to which everything is known here
    private long _highest; // version that the store is known to have had
    private long _generation; // of the store that is known
    private volatile bool _loaded;

    public FlagControl(
        SnapshotSource source, FlagRecords records, BoundedStore store, StorePolling polling, IFlagCatalogSource configuration, Reconciler reconciler, InstanceRegistry instances, ContentTimes contents, InstanceName node, TimeProvider time,
        RuntimeMetrics metrics, ILogger<FlagControl> logger) =>
        (_source, _records, _store, _polling, _configuration, _reconciler, _instances, _contents, _node, _time, _metrics, _logger) = (source, records, store, polling, configuration, reconciler, instances, contents, node, time, metrics, logger);

    /// <summary>Whether the stored state is known here. Until then nothing that depends on it may go forward.</summary>
    public bool IsLoaded => _loaded;

    /// <summary>A flag's record, with what is in force and not yet written, and its version.</summary>
    public VersionedRecord Record(string flag) => _source.Layer(flag);

    /// <summary>The records of all flags that have one.</summary>
    public IReadOnlyList<KeyValuePair<string, VersionedRecord>> Records() => _source.Layers();

    /// <summary>Writes a change and then puts it in force, over whatever others changed meanwhile.</summary>
    /// <exception cref="FlagChangeException">The change was refused, or the store failed; nothing was changed.</exception>
    public async Task<FlagStatus> CommitAsync(FlagEdit edit, CancellationToken cancellationToken)
    {
        edit.Change.Check();
        FollowDurable();
        await _lane.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FlushAsync().ConfigureAwait(false);
            for (int attempt = 1; ; attempt++)
            {
                EffectiveFlag configured = Configured(edit.Flag);
                await _instances.TellAsync().ConfigureAwait(false); // before anything is laid over an answer that others do not know of
                VersionedRecord record = _records.Stored(edit.Flag);
                if (edit.ExpectedVersion is { } expected && expected != record.Version)
                {
                    await RefreshAsync().ConfigureAwait(false);
                    record = _records.Stored(edit.Flag);
                    if (expected != record.Version)
                        throw new FlagChangeException(FlagChangeError.VersionMismatch,
                            $"Flag '{configured.Definition.Name}' has changed: it is at version {record.Version}, not {expected}. Read it again, and then decide.");
                }
                if (edit.Change.ETag is { } tag && tag != FlagETag.Of(FlagLayers.Apply(configured, record).Definition))
                    throw new FlagChangeException(FlagChangeError.VersionMismatch, $"Flag '{configured.Definition.Name}' has changed since it was read. Read it again, and then decide.");
                if (_records.IsUnreadable(edit.Flag))
                    throw new FlagChangeException(FlagChangeError.StoreUnavailable,
                        $"What the store holds of flag '{configured.Definition.Name}' cannot be read by this release, and a change would erase it; nothing was changed. The health check says more.");
                FlagRecord next = edit.Decide(configured.Definition, record.Record);
                if (ReferenceEquals(next, record.Record))
                    return Status(edit.Flag);
                if (await TryWriteAsync(edit, configured, record, next).ConfigureAwait(false) is { } written)
                {
                    _records.Accept(edit.Flag, written);
                    _reconciler.Overtook(edit.Flag, Baseline.Of(configured.Definition));
                    return Status(edit.Flag);
                }
                if (attempt == MaxAttempts)
                    throw new FlagChangeException(FlagChangeError.Conflict, $"Flag '{configured.Definition.Name}' is being changed by others again and again; nothing was changed. Try again.");
                await RefreshAsync(everything: attempt > 1).ConfigureAwait(false);
            }
        }
        finally
        {
            _lane.Release();
        }
    }

    /// <summary>Puts a change in force and then writes it. Where writing fails it is tried again in the background, in order, until it succeeds.</summary>
    /// <exception cref="FlagChangeException">The change was refused; nothing was changed.</exception>
    public async Task<FlagActed> ActAsync(FlagEdit edit, CancellationToken cancellationToken)
    {
        edit.Change.Check();
        FollowDurable();
        EffectiveFlag configured = Configured(edit.Flag);
        OutboxEntry? pending = _records.Act(edit, configured.Definition, out FlagSnapshot before, out FlagSnapshot after);
        if (pending is not null)
        {
            if (edit.Action == AuditActions.Emergency)
                _metrics.Emergency(configured.Definition.Name, edit.Change.Source);
            LogActed(configured.Definition.Name, edit.Action, edit.Change);
        }
        // Also where it was in force already: the store may not have it yet, or no longer.
        bool synced = await TrySyncAsync(cancellationToken).ConfigureAwait(false);
        FlagRecord stored = _records.Stored(edit.Flag).Record;
        return new FlagActed(before, after, pending?.Written.IsCompleted ?? (synced && ReferenceEquals(edit.Decide(configured.Definition, stored), stored)));
    }

    /// <summary>Reads the stored state for the first time, on the caller's thread.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Outside the lane, which a store that does not answer would keep.
        StoreChanges changes = await _store.ReadHereAsync((store, bound) => store.ReadAsync(FlagRecords.KeyPrefix, 0, bound), cancellationToken).ConfigureAwait(false);
        await _lane.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_loaded)
                Load(changes);
        }
        finally
        {
            _lane.Release();
        }
    }

    /// <summary>Reads what others change, and writes what is pending, from now on.</summary>
    public void Follow() => _polling.Start(SyncAsync);

    /// <summary>Reads what others changed, and writes what is pending.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        await _lane.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RefreshAsync().ConfigureAwait(false);
            await FlushAsync().ConfigureAwait(false); // first, for a kill may be waiting
            await _instances.TellAsync().ConfigureAwait(false);
            await _reconciler.SettleAsync().ConfigureAwait(false);
            await FlushAsync().ConfigureAwait(false);
            await _contents.SyncAsync().ConfigureAwait(false);
            await _store.ProbeAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _lane.Release();
        }
    }

    /// <summary>Writes what is pending, and tells the other processes that this one ends. It is tried once, however late it is: each call to the store has its bound.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task LeaveAsync()
    {
        if (IsDisposed)
            return;
        await _lane.WaitAsync().ConfigureAwait(false);
        try
        {
            await RefreshAsync().ConfigureAwait(false); // an emergency that the store has lost is stored again, and nobody polls any more
            await FlushAsync().ConfigureAwait(false);
            await _instances.LeaveAsync().ConfigureAwait(false);
        }
        finally
        {
            _lane.Release();
        }
    }

    /// <summary>Whether the container has ended, and the store with it.</summary>
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true; // the lane stays: a call may still be in it

    // Where no host does it: whoever changes a flag without ever evaluating one follows the store, too.
    private void FollowDurable()
    {
        if (_store.Current.IsDurable)
            Follow();
    }

    // Waits for the first try, within the bound of a call; what goes wrong is reported by the store and tried again at the next poll.
    private async Task<bool> TrySyncAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SyncAsync(CancellationToken.None).WaitAsync(_configuration.Catalog.Settings.DefaultTimeout, _time, cancellationToken).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // What is in force must not look like a failure to its caller; the next poll tries again, and reports what it meets.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async Task FlushAsync()
    {
        if (!_loaded)
            await RefreshAsync().ConfigureAwait(false);
        int conflicts = 0;
        while (_records.FirstPending() is { } pending)
        {
            if (pending.Edit is not { } edit)
            {
                await _instances.WriteAsync(pending.Entries).ConfigureAwait(false);
                _records.Written(pending, null);
                continue;
            }
            EffectiveFlag? configured = _source.Configured(edit.Flag);
            VersionedRecord record = _records.Stored(edit.Flag);
            FlagRecord next = pending.ApplyTo(record.Record);
            if (ReferenceEquals(next, record.Record))
                _records.Written(pending, null);
            else if (await TryWriteAsync(edit, configured, record, next).ConfigureAwait(false) is { } written)
            {
                _records.Written(pending, written);
                conflicts = 0;
            }
            else if (++conflicts == MaxAttempts)
                throw new FlagChangeException(FlagChangeError.StoreUnavailable,
                    $"Changes that are in force are stored first, and the one of flag '{configured?.Definition.Name ?? edit.Flag}' met changes by other processes again and again; nothing else was changed. Try again.");
            else
                await RefreshAsync(everything: conflicts > 1).ConfigureAwait(false);
        }
    }

    // Everything is read where what changed did not explain a conflict: a file that was put back may have grown past what is known here.
    private async Task RefreshAsync(bool everything = false)
    {
        if (!_loaded)
        {
            Load(await ReadAsync(0).ConfigureAwait(false));
            return;
        }
        long since = everything ? 0 : _known;
        StoreChanges changes = await ReadAsync(since).ConfigureAwait(false);
        bool replaced = changes.Version < _highest || changes.Generation != _generation;
        if (replaced)
        {
            LogPutBack(_highest, changes.Version);
            changes = since == 0 ? changes : await ReadAsync(0).ConfigureAwait(false);
            since = 0;
        }
        IReadOnlyList<string> changed = Accept(changes, since == 0, replaced ? _time.GetUtcNow() : null);
        foreach (string flag in replaced ? _store.Current.Forgotten : [])
            LogForgotten(ForeignText.Quote(flag));
        if (changed.Count > 0)
            _reconciler.Unsettle();
        foreach (string flag in changed)
        {
            CompiledFlag? found = _source.Latest.Find(flag);
            LogSeen(ForeignText.Quote(found?.Name ?? flag), AuditValues.Short(found?.Effective));
        }
    }

    private void Load(StoreChanges changes)
    {
        IReadOnlyList<string> changed = Accept(changes, all: true, null);
        _loaded = true;
        _store.Update(report => report with { IsLoaded = true });
        LogLoaded(changed.Count, changes.Version);
        _reconciler.Begin();
    }

    private IReadOnlyList<string> Accept(StoreChanges changes, bool all, DateTimeOffset? replaced)
    {
        IReadOnlyList<string> changed = _records.Accept(changes.Documents, all, replaced);
        (_known, _highest, _generation) = (changes.Version, changes.Version, changes.Generation);
        return changed;
    }

    private Task<StoreChanges> ReadAsync(long since) =>
        _store.ReadAsync((store, bound) => store.ReadAsync(FlagRecords.KeyPrefix, since, bound), CancellationToken.None);

    /// <summary>What was written, or null where somebody else was faster.</summary>
    private async Task<VersionedRecord?> TryWriteAsync(FlagEdit edit, EffectiveFlag? configured, VersionedRecord record, FlagRecord next)
    {
        // What has ended was laid over the answer before the edit.
        EffectiveFlag? before = configured is null ? null
            : FlagLayers.Apply(edit.Baseline is { } over ? configured with { Definition = over.In(configured.Definition) } : configured, record);
        EffectiveFlag? after = configured is null ? null : FlagLayers.Apply(configured, record with { Record = next });
        (string? old, string? @new) = AuditValues.Of(before, after);
        string name = configured?.Definition.Name ?? edit.Flag;
        var entry = new AuditEntry
        {
            At = edit.At,
            Action = edit.Action,
            Flag = name,
            Before = old,
            After = @new,
            Actor = edit.Change.Actor,
            Reason = edit.Change.Reason,
            Source = edit.Change.Source,
            Node = _node.Value,
        };
        var write = new DocumentWrite(FlagRecords.KeyOf(edit.Flag), StoredJson.Write(next), record.Version);
        var commit = new StoreCommit([write, .. edit.Also], [entry]) { Generation = _generation };
        CommitResult result = await _store.WriteAsync((store, bound) => store.CommitAsync(commit, bound), CancellationToken.None).ConfigureAwait(false);
        if (!result.Committed)
            return null;
        _highest = result.Version;
        _metrics.Changed(configured?.Definition.Name, edit.Action, edit.Change.Source);
        LogChanged(name, edit.Action, AuditValues.Short(before), AuditValues.Short(after), edit.Change, result.Version);
        return new VersionedRecord(next, result.Version);
    }

    private EffectiveFlag Configured(string flag)
    {
        if (_source.Configured(flag) is { } configured)
            return configured;
        string? nearest = NearestName.Find(flag, _source.Latest.Names);
        throw new FlagChangeException(FlagChangeError.UnknownFlag, $"There is no flag '{ForeignText.Quote(flag)}'" + (nearest is null ? "." : $"; did you mean '{nearest}'?"));
    }

    private FlagStatus Status(string flag)
    {
        FlagSnapshot snapshot = _source.Latest;
        return snapshot.TryFind(flag, out CompiledFlag? found)
            ? FlagStatus.Of(snapshot, found)
            : throw new FlagChangeException(FlagChangeError.UnknownFlag, $"The change was written, but flag '{flag}' has just been removed from configuration.");
    }
}
