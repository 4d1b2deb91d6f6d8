using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Management;

/// <summary>Shuts flags down in an emergency, and ends emergencies. Thread-safe.</summary>
internal sealed class KillSwitch(FlagCommitter committer, FlagApplier applier, SnapshotSource source, TimeProvider time)
{
    /// <summary>Shuts a flag down: in force first, then stored. No text is a reason to reject it.</summary>
    public async Task<EmergencyResult> ShutDownAsync(string flag, FlagChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(change);
        change = EmergencyWords.Fit(change, out string? note);
        var emergency = new FlagEmergency(change.Reason, change.Actor, time.GetUtcNow());
        var edit = new FlagEdit
        {
            Flag = flag,
            Action = AuditActions.Emergency,
            Change = change,
            At = emergency.At,
            Decide = (configured, record) => FlagChanges.Shutdown(configured, record, emergency),
        };
        AppliedChange applied = await applier.ApplyAsync(edit, cancellationToken).ConfigureAwait(false);
        return new EmergencyResult(StatusAfter(flag, applied))
        {
            Stopped = applied.Stopped(),
            IsStored = applied.Stored,
            Note = note,
        };
    }

    public Task<FlagStatus> ClearAsync(string flag, FlagChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(change);
        DateTimeOffset now = time.GetUtcNow();
        var edit = new FlagEdit
        {
            Flag = flag,
            Action = AuditActions.EmergencyCleared,
            Change = change,
            At = now,
            Decide = (configured, record) => FlagChanges.Clear(configured, record, now),
        };
        return committer.CommitAsync(edit, cancellationToken);
    }

    // An edit of configuration may have removed the flag meanwhile.
    private FlagStatus StatusAfter(string flag, AppliedChange applied)
    {
        FlagSnapshot snapshot = source.Latest;
        if (!snapshot.TryFind(flag, out CompiledFlag? killed) && !(snapshot = applied.Before).TryFind(flag, out killed))
            throw new FlagChangeException(
                FlagChangeError.UnknownFlag,
                $"The emergency is kept, but flag '{flag}' has just been removed from configuration.");
        return FlagStatus.Of(snapshot, killed);
    }
}
