using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>
/// Writes audit entries that come with no change of a flag, each batch once. A count in this instance's document is
/// written in the same transaction: it shows whether an attempt without an answer was stored. Guarded by
/// <see cref="StoreLock"/>.
/// </summary>
internal sealed class ConfigurationAuditWriter(InstanceDocument document, TimeProvider time)
{
    private long _written; // batches that are known to be stored

    /// <summary>Writes a batch. Called again with the same batch after a failure, it writes only what is missing.</summary>
    /// <exception cref="FlagChangeException">A write failed; whether anything was written is not known.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task WriteAsync_NeedsLock(IReadOnlyList<AuditEntry> entries)
    {
        await document.WriteAsync_NeedsLock(Next, entries).ConfigureAwait(false);
        _written++;
    }

    private InstanceRecord? Next(InstanceRecord mine)
    {
        if (mine.Batches > _written)
            return null;
        return mine with { At = time.GetUtcNow(), Batches = _written + 1 };
    }
}
