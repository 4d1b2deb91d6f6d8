using FeatureManagement.ActionTracing.Changes.Edits;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Stores what is in force in this instance and not yet in the store, in order.</summary>
internal sealed class Outbox(
    FlagRecords records, SnapshotSource source, StoreRefresher refresher, FlagWriter writer, ConfigurationAuditWriter audit)
{
    private const int MaxConflicts = 20;

    /// <summary>Writes all entries. Where the store fails, the rest stays for the next call.</summary>
    /// <exception cref="FlagChangeException">A write failed, or other instances change the same flag again and again.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task FlushAsync_NeedsLock()
    {
        if (!refresher.IsLoaded)
            await refresher.RefreshAsync_NeedsLock().ConfigureAwait(false);
        int conflicts = 0;
        while (records.FirstInOutbox() is { } entry)
        {
            if (entry.Edit is not { } edit)
            {
                await audit.WriteAsync_NeedsLock(entry.Entries).ConfigureAwait(false);
                records.Written(entry, null);
            }
            else if (await TryWriteAsync_NeedsLock(entry, edit).ConfigureAwait(false))
            {
                conflicts = 0;
            }
            else
            {
                conflicts++;
                if (conflicts == MaxConflicts)
                    throw Conflict(source.Configured(edit.Flag)?.Definition.Name ?? edit.Flag);
                await refresher.RefreshAsync_NeedsLock(everything: conflicts > 1).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> TryWriteAsync_NeedsLock(OutboxEntry entry, FlagEdit edit)
    {
        EffectiveFlag? configured = source.Configured(edit.Flag);
        VersionedRecord record = records.Stored(edit.Flag);
        FlagRecord next = entry.ApplyTo(record.Record);
        if (ReferenceEquals(next, record.Record))
        {
            records.Written(entry, null);
            return true;
        }
        if (await writer.TryWriteAsync_NeedsLock(edit, configured, record, next).ConfigureAwait(false) is not { } written)
            return false;
        records.Written(entry, written);
        return true;
    }

    private static FlagChangeException Conflict(string flag) => new(
        FlagChangeError.StoreUnavailable,
        $"Changes that are in force are stored first, and the one of flag '{flag}' conflicted with changes by other "
        + $"instances {MaxConflicts} times; "
        + "nothing else was changed. Try again.");
}
