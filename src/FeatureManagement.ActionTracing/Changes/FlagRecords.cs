using System.Text.Json;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// The records of all flags as they are known here: what the store holds, and over it what is in force and not yet written. Every change shows in the
/// snapshot at once. Thread-safe.
/// </summary>
internal sealed class FlagRecords(SnapshotSource source, BoundedStore store)
{
    private const string Prefix = "flag/";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, VersionedRecord> _stored = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _unreadable = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<OutboxEntry> _pending = new();

    public static string KeyOf(string flag) => Prefix + FlagKey.Of(flag);

    public static string KeyPrefix => Prefix;

    /// <summary>What the store holds of a flag, as far as it is known here.</summary>
    public VersionedRecord Stored(string flag)
    {
        lock (_gate)
            return _stored.GetValueOrDefault(flag, VersionedRecord.None);
    }

    /// <summary>Whether the store holds something of the flag that cannot be read here, and that a write would erase.</summary>
    public bool IsUnreadable(string flag)
    {
        lock (_gate)
            return _unreadable.Contains(flag);
    }

    /// <summary>What was put in force first and is not yet written, or null.</summary>
    public OutboxEntry? FirstPending()
    {
        lock (_gate)
            return _pending.TryPeek(out OutboxEntry? first) ? first : null;
    }

    /// <summary>Puts a change in force. Null where there was nothing to change.</summary>
    /// <exception cref="FlagChangeException">The change was refused.</exception>
    public OutboxEntry? Act(FlagEdit edit, FlagDefinition configured, out FlagSnapshot before, out FlagSnapshot after)
    {
        lock (_gate)
        {
            before = after = source.Latest;
            VersionedRecord layer = source.Layer(edit.Flag);
            FlagRecord next = edit.Decide(configured, layer.Record);
            if (ReferenceEquals(next, layer.Record))
                return null;
            (before, after) = source.Apply(edit.Flag, layer with { Record = next, Pending = true });
            var pending = new OutboxEntry(edit, configured);
            Enqueue(pending);
            return pending;
        }
    }

    /// <summary>Keeps something to be written that changes no flag.</summary>
    public void Enqueue(OutboxEntry pending)
    {
        lock (_gate)
        {
            _pending.Enqueue(pending);
            Report();
        }
    }

    /// <summary>The first pending change is written, or has nothing to write.</summary>
    public void Written(OutboxEntry pending, VersionedRecord? stored)
    {
        lock (_gate)
        {
            _pending.Dequeue();
            Report();
            if (pending.Edit is { } edit)
            {
                if (stored is { } record)
                    Store(edit.Flag, record);
                source.Apply(edit.Flag, Folded(edit.Flag));
            }
        }
        pending.Done();
    }

    /// <summary>A commit of this process changed a flag.</summary>
    public void Accept(string flag, VersionedRecord record)
    {
        lock (_gate)
        {
            Store(flag, record);
            source.Apply(flag, Folded(flag));
        }
    }

    /// <summary>Takes what was read from the store. Returns the flags that changed.</summary>
    /// <param name="documents">What was read.</param>
    /// <param name="all">Whether that is everything, so that what is not there is gone.</param>
    /// <param name="replaced">When the store was found to be another one: what keeps users safe here then waits to be stored again. Else null.</param>
    public IReadOnlyList<string> Accept(IReadOnlyList<StoredDocument> documents, bool all, DateTimeOffset? replaced = null)
    {
        lock (_gate)
        {
            var changed = new Dictionary<string, VersionedRecord>(StringComparer.OrdinalIgnoreCase);
            if (all)
                foreach (string flag in _stored.Keys)
                {
                    changed[flag] = VersionedRecord.None;
                    Readable(flag);
                }
            foreach (StoredDocument document in documents)
            {
                string flag = document.Key[Prefix.Length..];
                if (all || document.Version > _stored.GetValueOrDefault(flag, VersionedRecord.None).Version)
                    changed[flag] = Read(document, flag);
            }
            string[] different = [.. changed.Where(pair => Differ(pair.Value, _stored.GetValueOrDefault(pair.Key, VersionedRecord.None))).Select(pair => pair.Key)];
            if (replaced is { } at)
                Remember(changed, at);
            foreach ((string flag, VersionedRecord record) in changed)
                _stored[flag] = record;
            source.Apply([.. changed.Keys.Select(flag => KeyValuePair.Create(flag, Folded(flag)))]);
            return different;
        }

        // Where everything was read, most of it is known; a store that was put back may say something else under the same version.
        static bool Differ(VersionedRecord now, VersionedRecord before) => now.Version != before.Version || StoredJson.Write(now.Record) != StoredJson.Write(before.Record);
    }

    private void Remember(Dictionary<string, VersionedRecord> changed, DateTimeOffset at)
    {
        foreach ((string flag, VersionedRecord now) in changed)
        {
            FlagDefinition? configured = source.Configured(flag)?.Definition;
            if (ForgottenChanges.Of(flag, configured, _stored.GetValueOrDefault(flag, VersionedRecord.None).Record, now.Record, at) is { } edit)
                Enqueue(new OutboxEntry(edit, configured) { Forgotten = true });
        }
    }

    private VersionedRecord Folded(string flag)
    {
        VersionedRecord stored = _stored.GetValueOrDefault(flag, VersionedRecord.None);
        FlagRecord record = stored.Record;
        foreach (OutboxEntry pending in _pending)
            if (string.Equals(pending.Edit?.Flag, flag, StringComparison.OrdinalIgnoreCase))
                record = pending.ApplyTo(record);
        return stored with { Record = record, Pending = !ReferenceEquals(record, stored.Record) };
    }

    private VersionedRecord Read(StoredDocument document, string flag)
    {
        try
        {
            FlagRecord record = document.Json is null ? FlagRecord.Empty : StoredJson.Read<FlagRecord>(document.Json);
            if (record.Override?.Weights?.Values.Any(weight => weight is <= 0 or > FlagVariant.MaxWeight) == true)
                throw new JsonException("a weight is out of bounds.");
            Readable(flag);
            return new VersionedRecord(record, document.Version);
        }
        catch (JsonException exception)
        {
            // What is known of the flag stands, at the version that a change must now expect; and an emergency acts whatever else cannot be read.
            _unreadable.Add(flag);
            store.Update(report => report with { Unreadable = [.. Others(report, flag), $"{About(flag)}cannot be read: {ForeignText.Escape(exception.Message)}"] });
            VersionedRecord known = _stored.GetValueOrDefault(flag, VersionedRecord.None) with { Version = document.Version };
            return StoredJson.ReadMember<FlagEmergency>(document.Json!, "emergency") is { } emergency ? known with { Record = known.Record with { Emergency = emergency } } : known;
        }
    }

    private void Store(string flag, VersionedRecord record)
    {
        _stored[flag] = record;
        Readable(flag);
    }

    private void Readable(string flag)
    {
        if (_unreadable.Remove(flag))
            store.Update(report => report with { Unreadable = [.. Others(report, flag)] });
    }

    private static string About(string flag) => $"The stored document '{ForeignText.Quote(KeyOf(flag))}' ";

    private static IEnumerable<string> Others(StoreReport report, string flag) => report.Unreadable.Where(fault => !fault.StartsWith(About(flag), StringComparison.Ordinal));

    private void Report()
    {
        int changes = _pending.Count(pending => pending.Edit is not null);
        int entries = _pending.Sum(pending => pending.Entries.Count);
        DateTimeOffset? since = _pending.Count == 0 ? null : _pending.Min(pending => pending.Since);
        string[] forgotten = [.. _pending.Where(pending => pending.Forgotten).Select(pending => pending.Configured?.Name ?? pending.Edit!.Flag)]; // each is an edit
        store.Update(report => report with { Pending = changes, PendingEntries = entries, PendingSince = since, Forgotten = forgotten });
    }
}
