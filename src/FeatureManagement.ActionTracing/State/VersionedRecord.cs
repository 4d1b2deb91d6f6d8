namespace FeatureManagement.ActionTracing.State;

/// <summary>A flag's last known record. Immutable.</summary>
/// <param name="Record">The flag's run-time state.</param>
/// <param name="Version">The version that the record's document has in the store; 0 where it was never written.</param>
/// <param name="IsInOutbox">Whether <paramref name="Record"/> has changes that are not yet in the store.</param>
internal readonly record struct VersionedRecord(FlagRecord Record, long Version, bool IsInOutbox = false)
{
    public static readonly VersionedRecord None = new(FlagRecord.Empty, 0);
}
