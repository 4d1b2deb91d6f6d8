using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>A change of a flag as the audit and the log show it. Immutable.</summary>
/// <param name="Flag">The flag's name, as configuration spells it where it has the flag.</param>
/// <param name="Before">The flag before the change; null where configuration does not have it.</param>
/// <param name="After">The flag after the change; null where configuration does not have it.</param>
internal sealed record ChangeEntry(string Flag, EffectiveFlag? Before, EffectiveFlag? After)
{
    /// <summary>Applies a change to what it found. Pure.</summary>
    public static ChangeEntry Of(FlagEdit edit, EffectiveFlag? configured, VersionedRecord record, FlagRecord next)
    {
        if (configured is null)
            return new ChangeEntry(edit.Flag, null, null);
        EffectiveFlag found = configured;
        // What an edit of configuration ends was applied over the baseline before that edit.
        if (edit.Baseline is { } baseline)
            found = configured with { Definition = baseline.In(configured.Definition) };
        return new ChangeEntry(
            configured.Definition.Name,
            FlagLayers.Apply(found, record),
            FlagLayers.Apply(configured, record with { Record = next }));
    }

    /// <summary>The entry for the audit.</summary>
    public AuditEntry ToAudit(FlagEdit edit, string instance)
    {
        (string? before, string? after) = AuditValues.Of(Before, After);
        return new AuditEntry
        {
            At = edit.At,
            Action = edit.Action,
            Flag = Flag,
            Before = before,
            After = after,
            Actor = edit.Change.Actor,
            Reason = edit.Change.Reason,
            Source = edit.Change.Source,
            Instance = instance,
        };
    }
}
