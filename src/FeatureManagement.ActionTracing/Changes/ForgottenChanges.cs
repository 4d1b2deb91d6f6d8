using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// What a store that was replaced no longer has, although it keeps users safe here: an emergency, or that a rollout was
/// rolled back.
/// </summary>
internal static class ForgottenChanges
{
    private const string Why = "the store was replaced and no longer had this";

    /// <summary>The change that stores it again; null where nothing is missing.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="configured">What configuration says of it; null where it has no such flag.</param>
    /// <param name="known">The flag's record before the store was replaced.</param>
    /// <param name="now">What the store says now.</param>
    /// <param name="at">The time of the change.</param>
    public static FlagEdit? Of(string flag, FlagDefinition? configured, FlagRecord known, FlagRecord now, DateTimeOffset at)
    {
        if (known.Emergency is { } emergency && now.Emergency is null)
            return new FlagEdit
            {
                Flag = flag,
                Action = AuditActions.Emergency,
                Change = new FlagChange(emergency.Actor, FlagChange.Cut($"{Why}: {emergency.Reason}"), ChangeSource.Safety),
                At = at,
                Decide = (_, record) => configured is not null ? FlagChanges.Shutdown(configured, record, emergency)
                    : record.Emergency is not null ? record
                    : record with { Emergency = emergency, At = emergency.At },
            };
        if (known.LastRollout is { Phase: RolloutPhase.RolledBack } ended && now.Rollout?.Id == ended.Id && configured is not null)
            return new FlagEdit
            {
                Flag = flag,
                Action = AuditActions.RolloutRolledBack,
                Change = new FlagChange(ended.Actor, FlagChange.Cut($"{Why}: {ended.Reason}"), ChangeSource.Safety),
                At = at,
                Decide = (_, record) => record.Rollout?.Id == ended.Id
                    ? RolloutEnds.End(configured, record, RolloutPhase.RolledBack, ended.Actor, ended.Reason, at)
                    : record,
            };
        return null;
    }
}
