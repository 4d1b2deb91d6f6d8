using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Applies changes that must not wait for the store: in force first, then stored by the outbox. Thread-safe.</summary>
internal sealed partial class FlagApplier(
    FlagRecords records,
    FlagLookup flags,
    StoreSynchronizer synchronizer,
    IFlagCatalogSource configuration,
    RuntimeMetrics metrics,
    TimeProvider time,
    ILogger<FlagApplier> logger)
{
    /// <summary>Applies a change. Where writing fails it is tried again in the background, in order, until it succeeds.</summary>
    /// <exception cref="FlagChangeException">The change was refused; nothing was changed.</exception>
    public async Task<AppliedChange> ApplyAsync(FlagEdit edit, CancellationToken cancellationToken)
    {
        edit.Change.Check();
        synchronizer.FollowDurable();
        EffectiveFlag configured = flags.Configured(edit.Flag);
        OutboxEntry? entry = records.Apply(edit, configured.Definition, out FlagSnapshot before, out FlagSnapshot after);
        if (entry is not null)
            Report(edit, configured.Definition.Name);
        // Also where it was in force already: the store may not have it yet, or no longer.
        bool synced = await TrySyncAsync(cancellationToken).ConfigureAwait(false);
        bool stored;
        if (entry is not null)
            stored = entry.Written.IsCompleted;
        else
            stored = synced && IsStored(edit, configured.Definition);
        return new AppliedChange(before, after, stored);
    }

    private bool IsStored(FlagEdit edit, FlagDefinition configured)
    {
        FlagRecord stored = records.Stored(edit.Flag).Record;
        return ReferenceEquals(edit.Decide(configured, stored), stored);
    }

    // Waits for the first try, within the bound of a call. The store reports what goes wrong, and the next poll tries again.
    // A failure here is no failure for the caller, because the change is in force.
    private Task<bool> TrySyncAsync(CancellationToken cancellationToken) => SafeCall.TryAsync(
        () => synchronizer.SyncAsync(CancellationToken.None)
            .WaitAsync(configuration.Catalog.Settings.DefaultTimeout, time, cancellationToken));

    private void Report(FlagEdit edit, string flag)
    {
        FlagChange change = edit.Change;
        if (edit.Action == AuditActions.Emergency)
            metrics.Emergency(flag, change.Source);
        LogApplied(
            ForeignText.Escape(flag), edit.Action, ForeignText.Escape(change.Actor), change.Source, ForeignText.Escape(change.Reason));
    }

    [LoggerMessage(EventIds.FlagApplied, LogLevel.Warning,
        "Flag '{Flag}' {Action}: in force in this instance and in the outbox, by {Actor} ({Source}): {Reason}", EventName = "FlagApplied")]
    private partial void LogApplied(string flag, string action, string actor, ChangeSource source, string reason);
}
