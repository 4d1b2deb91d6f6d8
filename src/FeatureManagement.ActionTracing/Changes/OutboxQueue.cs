using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>The entries of the outbox, the oldest first. Guarded by the lock of <see cref="FlagRecords"/>.</summary>
internal sealed class OutboxQueue(BoundedStore store)
{
    private readonly Queue<OutboxEntry> _entries = new();

    public OutboxEntry? First_NeedsLock()
    {
        if (_entries.TryPeek(out OutboxEntry? first))
            return first;
        return null;
    }

    public void Enqueue_NeedsLock(OutboxEntry entry)
    {
        _entries.Enqueue(entry);
        Report_NeedsLock();
    }

    public void Dequeue_NeedsLock()
    {
        _entries.Dequeue();
        Report_NeedsLock();
    }

    /// <summary>The record that is in force: the stored one, with the changes that wait here.</summary>
    public VersionedRecord Fold_NeedsLock(string flag, VersionedRecord stored)
    {
        FlagRecord record = stored.Record;
        foreach (OutboxEntry entry in _entries)
        {
            if (string.Equals(entry.Edit?.Flag, flag, StringComparison.OrdinalIgnoreCase))
                record = entry.ApplyTo(record);
        }
        return stored with { Record = record, IsInOutbox = !ReferenceEquals(record, stored.Record) };
    }

    private void Report_NeedsLock()
    {
        int changes = _entries.Count(entry => entry.Edit is not null);
        int audited = _entries.Sum(entry => entry.Entries.Count);
        DateTimeOffset? since = null;
        if (_entries.Count != 0)
            since = _entries.Min(entry => entry.Since);
        // Each is an edit.
        string[] forgotten = [.. _entries.Where(entry => entry.Forgotten).Select(entry => entry.Configured?.Name ?? entry.Edit!.Flag)];
        store.Update(report => report with
        {
            OutboxChanges = changes,
            OutboxAuditEntries = audited,
            OutboxSince = since,
            Forgotten = forgotten,
        });
    }
}
