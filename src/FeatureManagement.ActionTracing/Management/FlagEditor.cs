using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Management;

/// <summary>Sets and removes the overrides of flags. Thread-safe.</summary>
internal sealed class FlagEditor(FlagCommitter committer, TimeProvider time)
{
    public Task<FlagStatus> UpdateAsync(
        string flag, FlagUpdate update, FlagChange change, long? expectedVersion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(change);
        DateTimeOffset now = time.GetUtcNow();
        var edit = new FlagEdit
        {
            Flag = flag,
            Action = AuditActions.Updated,
            Change = change,
            At = now,
            Decide = (configured, record) => FlagChanges.Update(configured, record, update, now),
            ExpectedVersion = expectedVersion,
        };
        return committer.CommitAsync(edit, cancellationToken);
    }

    public Task<FlagStatus> ResetAsync(string flag, FlagChange change, long? expectedVersion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(change);
        DateTimeOffset now = time.GetUtcNow();
        var edit = new FlagEdit
        {
            Flag = flag,
            Action = AuditActions.Reset,
            Change = change,
            At = now,
            Decide = (configured, record) => FlagChanges.Reset(configured, record, now),
            ExpectedVersion = expectedVersion,
        };
        return committer.CommitAsync(edit, cancellationToken);
    }
}
