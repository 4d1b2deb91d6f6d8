using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>What a commit makes of a flag's record, or why it is refused. Pure.</summary>
internal static class CommitDecision
{
    /// <summary>Whether the caller expects another version than the one that is known here, which may be old.</summary>
    public static bool ExpectsAnother(FlagEdit edit, VersionedRecord record) =>
        edit.ExpectedVersion is { } expected && expected != record.Version;

    /// <summary>The next record; the same reference where there is nothing to change.</summary>
    /// <param name="edit">The change.</param>
    /// <param name="configured">The flag without run-time layers.</param>
    /// <param name="record">The flag's record in the store.</param>
    /// <param name="isUnreadable">Whether the stored record cannot be read by this release.</param>
    /// <exception cref="FlagChangeException">The change is refused.</exception>
    public static FlagRecord Decide(FlagEdit edit, EffectiveFlag configured, VersionedRecord record, bool isUnreadable)
    {
        string name = configured.Definition.Name;
        if (ExpectsAnother(edit, record))
        {
            throw new FlagChangeException(FlagChangeError.VersionMismatch,
                $"Flag '{name}' has changed: it is at version {record.Version}, not {edit.ExpectedVersion}. Read it "
                + "again, and then decide.");
        }
        if (edit.Change.ETag is { } tag && tag != FlagETag.Of(FlagLayers.Apply(configured, record).Definition))
        {
            throw new FlagChangeException(FlagChangeError.VersionMismatch,
                $"Flag '{name}' has changed since it was read. Read it again, and then decide.");
        }
        if (isUnreadable)
        {
            throw new FlagChangeException(FlagChangeError.StoreUnavailable,
                $"The stored state of flag '{name}' cannot be read by this release, and a change would erase it; nothing was changed. "
                + "The health check says more.");
        }
        return edit.Decide(configured.Definition, record.Record);
    }
}
