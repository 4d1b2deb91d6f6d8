using System.Text.Json;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>The records that the store has, as far as they are known here. Guarded by the lock of <see cref="FlagRecords"/>.</summary>
internal sealed class StoredRecords(BoundedStore store)
{
    private readonly Dictionary<string, VersionedRecord> _records = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _unreadable = new(StringComparer.OrdinalIgnoreCase);

    public VersionedRecord Get_NeedsLock(string flag) => _records.GetValueOrDefault(flag, VersionedRecord.None);

    /// <summary>Whether the store has a record of the flag that cannot be read here, and that a write would erase.</summary>
    public bool IsUnreadable_NeedsLock(string flag) => _unreadable.Contains(flag);

    public void Set_NeedsLock(string flag, VersionedRecord record)
    {
        _records[flag] = record;
        MarkReadable_NeedsLock(flag);
    }

    /// <summary>Keeps the changed records.</summary>
    public void Accept_NeedsLock(IReadOnlyDictionary<string, VersionedRecord> changed)
    {
        foreach ((string flag, VersionedRecord record) in changed)
            _records[flag] = record;
    }

    /// <summary>The records that documents change.</summary>
    /// <param name="documents">What was read from the store.</param>
    /// <param name="everything">Whether that is everything, so that a record that is not there is gone.</param>
    public Dictionary<string, VersionedRecord> Read_NeedsLock(IReadOnlyList<StoredDocument> documents, bool everything)
    {
        var changed = new Dictionary<string, VersionedRecord>(StringComparer.OrdinalIgnoreCase);
        if (everything)
        {
            foreach (string flag in _records.Keys)
            {
                changed[flag] = VersionedRecord.None;
                MarkReadable_NeedsLock(flag);
            }
        }
        foreach (StoredDocument document in documents)
        {
            string flag = document.Key[FlagRecords.KeyPrefix.Length..];
            if (everything || document.Version > Get_NeedsLock(flag).Version)
                changed[flag] = Read_NeedsLock(document, flag);
        }
        return changed;
    }

    /// <summary>
    /// Whether a record differs from the known one. A store that was replaced may have other content under the same
    /// version.
    /// </summary>
    public bool Differs_NeedsLock(string flag, VersionedRecord now)
    {
        VersionedRecord before = Get_NeedsLock(flag);
        return now.Version != before.Version || StoredJson.Write(now.Record) != StoredJson.Write(before.Record);
    }

    private VersionedRecord Read_NeedsLock(StoredDocument document, string flag)
    {
        try
        {
            FlagRecord record = FlagRecord.Empty;
            if (document.Json is not null)
                record = StoredJson.Read<FlagRecord>(document.Json);
            if (record.Override?.Weights?.Values.Any(weight => weight is <= 0 or > FlagVariant.MaxWeight) == true)
                throw new JsonException("a weight is out of bounds.");
            MarkReadable_NeedsLock(flag);
            return new VersionedRecord(record, document.Version);
        }
        catch (JsonException exception)
        {
            MarkUnreadable_NeedsLock(flag, exception.Message);
            // The known record stays in force, at the version that a change must now expect. An emergency applies
            // even if nothing else can be read.
            VersionedRecord known = Get_NeedsLock(flag) with { Version = document.Version };
            if (StoredJson.ReadMember<FlagEmergency>(document.Json!, "emergency") is { } emergency) // what cannot be read is not null
                return known with { Record = known.Record with { Emergency = emergency } };
            return known;
        }
    }

    private void MarkUnreadable_NeedsLock(string flag, string error)
    {
        _unreadable.Add(flag);
        string fault = $"{About(flag)}cannot be read: {ForeignText.Escape(error)}";
        store.Update(report => report with { Unreadable = [.. FaultsOfOthers(report, flag), fault] });
    }

    private void MarkReadable_NeedsLock(string flag)
    {
        if (_unreadable.Remove(flag))
            store.Update(report => report with { Unreadable = [.. FaultsOfOthers(report, flag)] });
    }

    private static string About(string flag) => $"The stored document '{ForeignText.Quote(FlagRecords.KeyOf(flag))}' ";

    private static IEnumerable<string> FaultsOfOthers(StoreReport report, string flag) =>
        report.Unreadable.Where(fault => !fault.StartsWith(About(flag), StringComparison.Ordinal));
}
