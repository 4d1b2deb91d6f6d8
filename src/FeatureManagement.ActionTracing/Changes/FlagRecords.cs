using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// The records of all flags as this instance knows them: what the store has, and over it the changes of the outbox.
/// Every change is in the snapshot at once. Thread-safe.
/// </summary>
internal sealed class FlagRecords(SnapshotSource source, BoundedStore store)
{
    public const string KeyPrefix = "flag/";

    private readonly Lock _gate = new();
    private readonly StoredRecords _stored = new(store);
    private readonly OutboxQueue _outbox = new(store);

    public static string KeyOf(string flag) => KeyPrefix + FlagKey.Of(flag);

    /// <summary>The record that the store has of a flag, as far as it is known here.</summary>
    public VersionedRecord Stored(string flag)
    {
        lock (_gate)
            return _stored.Get_NeedsLock(flag);
    }

    /// <summary>Whether the store has a record of the flag that cannot be read here, and that a write would erase.</summary>
    public bool IsUnreadable(string flag)
    {
        lock (_gate)
            return _stored.IsUnreadable_NeedsLock(flag);
    }

    /// <summary>The oldest entry of the outbox, or null.</summary>
    public OutboxEntry? FirstInOutbox()
    {
        lock (_gate)
            return _outbox.First_NeedsLock();
    }

    /// <summary>Puts a change in force and into the outbox. Null where there is nothing to change.</summary>
    /// <exception cref="FlagChangeException">The change was refused.</exception>
    public OutboxEntry? Apply(FlagEdit edit, FlagDefinition configured, out FlagSnapshot before, out FlagSnapshot after)
    {
        lock (_gate)
        {
            before = source.Latest;
            after = before;
            VersionedRecord layer = source.Layer(edit.Flag);
            FlagRecord next = edit.Decide(configured, layer.Record); // pure
            if (ReferenceEquals(next, layer.Record))
                return null;
            (before, after) = source.Apply(edit.Flag, layer with { Record = next, IsInOutbox = true });
            var entry = new OutboxEntry(edit, configured);
            _outbox.Enqueue_NeedsLock(entry);
            return entry;
        }
    }

    /// <summary>Puts audit entries that belong to no change of a flag into the outbox.</summary>
    public void Enqueue(OutboxEntry entry)
    {
        lock (_gate)
            _outbox.Enqueue_NeedsLock(entry);
    }

    /// <summary>The oldest entry of the outbox is stored, or has nothing to store.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="stored">The flag's record as it is stored now; null where nothing was stored.</param>
    public void Written(OutboxEntry entry, VersionedRecord? stored)
    {
        lock (_gate)
        {
            _outbox.Dequeue_NeedsLock();
            if (entry.Edit is { } edit)
            {
                if (stored is { } record)
                    _stored.Set_NeedsLock(edit.Flag, record);
                source.Apply(edit.Flag, InForce_NeedsLock(edit.Flag));
            }
        }
        entry.Done();
    }

    /// <summary>A commit of this instance changed a flag.</summary>
    public void Accept(string flag, VersionedRecord record)
    {
        lock (_gate)
        {
            _stored.Set_NeedsLock(flag, record);
            source.Apply(flag, InForce_NeedsLock(flag));
        }
    }

    /// <summary>Accepts what was read from the store. Returns the flags that changed.</summary>
    /// <param name="documents">What was read.</param>
    /// <param name="everything">Whether that is everything, so that a record that is not there is gone.</param>
    /// <param name="replaced">When the store was found to be replaced: what keeps users safe here returns to the outbox. Else null.</param>
    public IReadOnlyList<string> Accept(IReadOnlyList<StoredDocument> documents, bool everything, DateTimeOffset? replaced = null)
    {
        lock (_gate)
        {
            Dictionary<string, VersionedRecord> changed = _stored.Read_NeedsLock(documents, everything);
            string[] different = [.. changed.Where(pair => _stored.Differs_NeedsLock(pair.Key, pair.Value)).Select(pair => pair.Key)];
            if (replaced is { } at)
                KeepForgotten_NeedsLock(changed, at);
            _stored.Accept_NeedsLock(changed);
            source.Apply([.. changed.Keys.Select(flag => KeyValuePair.Create(flag, InForce_NeedsLock(flag)))]);
            return different;
        }
    }

    private void KeepForgotten_NeedsLock(Dictionary<string, VersionedRecord> changed, DateTimeOffset at)
    {
        foreach ((string flag, VersionedRecord now) in changed)
        {
            FlagDefinition? configured = source.Configured(flag)?.Definition;
            FlagRecord known = _stored.Get_NeedsLock(flag).Record;
            if (ForgottenChanges.Of(flag, configured, known, now.Record, at) is { } edit)
                _outbox.Enqueue_NeedsLock(new OutboxEntry(edit, configured) { Forgotten = true });
        }
    }

    private VersionedRecord InForce_NeedsLock(string flag) => _outbox.Fold_NeedsLock(flag, _stored.Get_NeedsLock(flag));
}
