using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.State;

/// <summary>The records in force, by flag. Guarded by the lock of <see cref="SnapshotSource"/>.</summary>
internal sealed class LayerRecords
{
    private readonly Dictionary<string, VersionedRecord> _records = new(StringComparer.OrdinalIgnoreCase);

    public VersionedRecord Get_NeedsLock(string flag) => _records.GetValueOrDefault(flag, VersionedRecord.None);

    public IReadOnlyList<KeyValuePair<string, VersionedRecord>> All_NeedsLock() => [.. _records];

    public void Set_NeedsLock(string flag, VersionedRecord record) => _records[flag] = record;

    /// <summary>A flag with its run-time layers.</summary>
    /// <param name="configured">The flag without them.</param>
    /// <param name="next">Records that replace the present ones, or null.</param>
    public EffectiveFlag Apply_NeedsLock(EffectiveFlag configured, Dictionary<string, VersionedRecord>? next = null)
    {
        string flag = configured.Definition.Name;
        if (next?.TryGetValue(flag, out VersionedRecord record) == true || _records.TryGetValue(flag, out record))
            return FlagLayers.Apply(configured, record);
        return configured;
    }
}
