using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Writes a flag's record and its audit entry in one transaction.</summary>
internal sealed partial class FlagWriter(
    BoundedStore store, StorePosition position, InstanceName instance, RuntimeMetrics metrics, ILogger<FlagWriter> logger)
{
    /// <summary>Writes, if the store still has the version of the record that the change was decided from.</summary>
    /// <returns>The record as it is stored now; null where another instance was faster.</returns>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task<VersionedRecord?> TryWriteAsync_NeedsLock(
        FlagEdit edit, EffectiveFlag? configured, VersionedRecord record, FlagRecord next)
    {
        var change = ChangeEntry.Of(edit, configured, record, next);
        var write = new DocumentWrite(FlagRecords.KeyOf(edit.Flag), StoredJson.Write(next), record.Version);
        var commit = new StoreCommit([write, .. edit.Also], [change.ToAudit(edit, instance.Value)]) { Generation = position.Generation };
        CommitResult result = await store.State.CommitAsync(commit, CancellationToken.None).ConfigureAwait(false);
        if (!result.IsCommitted)
            return null;
        position.Committed(result.Version);
        metrics.Changed(configured?.Definition.Name, edit.Action, edit.Change.Source);
        // Actor, reason and a key that another instance wrote are foreign text.
        LogChanged(
            ForeignText.Escape(change.Flag),
            edit.Action,
            AuditValues.Short(change.Before),
            AuditValues.Short(change.After),
            ForeignText.Escape(edit.Change.Actor),
            edit.Change.Source,
            ForeignText.Escape(edit.Change.Reason),
            result.Version);
        return new VersionedRecord(next, result.Version);
    }

    [LoggerMessage(EventIds.FlagChanged, LogLevel.Information,
        "Flag '{Flag}' {Action}: {Before} → {After}, by {Actor} ({Source}): {Reason} (version {Version})", EventName = "FlagChanged")]
    private partial void LogChanged(
        string flag, string action, string before, string after, string actor, ChangeSource source, string reason, long version);
}
