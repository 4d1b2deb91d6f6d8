using System.Globalization;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>
/// Finds the overrides and rollouts that an edit of configuration ends: their baseline is no longer configured. A
/// configuration edit takes precedence over run-time state. Pure.
/// </summary>
internal static class ConfigurationEdits
{
    private const string Actor = "configuration";

    /// <param name="before">
    /// What configuration said before the edit; null where that is not known: the edit was made while the instance was
    /// down.
    /// </param>
    /// <param name="after">What it says now.</param>
    /// <param name="layers">The run-time state of flags.</param>
    /// <param name="now">The time of the edit.</param>
    public static IEnumerable<(FlagEdit Edit, FlagDefinition Configured)> Ended(
        FlagCatalog? before, FlagCatalog after, IEnumerable<KeyValuePair<string, VersionedRecord>> layers, DateTimeOffset now)
    {
        foreach ((string flag, VersionedRecord layer) in layers)
        {
            Baseline? answer = null;
            if (after.Flags.TryGetValue(flag, out FlagDefinition? configured))
                answer = Baseline.Of(configured);
            Baseline? previous = null;
            if (before?.Flags.TryGetValue(flag, out FlagDefinition? was) == true)
                previous = Baseline.Of(was);
            foreach (Baseline over in new[] { layer.Record.Override?.Baseline, layer.Record.Rollout?.Baseline }
                .OfType<Baseline>()
                .Distinct())
            {
                // Another instance applied it, over an edit that this instance has not read, or before an edit that
                // the other one has not read: this instance does not end it.
                if (over == answer || (before is not null && over != previous))
                    continue;
                yield return (new FlagEdit
                {
                    Flag = flag,
                    Action = AuditActions.Reconciled,
                    Change = new FlagChange(Actor, Reason(over, answer), ChangeSource.Configuration),
                    At = now,
                    Decide = (edited, record) => FlagChanges.Reconcile(edited, record, over, now),
                    Baseline = over,
                }, configured ?? over.AsFlag(flag));
            }
        }
    }

    private static string Reason(Baseline over, Baseline? answer)
    {
        if (answer is null)
            return "Configuration no longer has the flag, so its override or rollout has ended.";
        var changes = new List<string>();
        Compare("type", FlagSpelling.Write(over.Type), FlagSpelling.Write(answer.Type));
        Compare("state", FlagSpelling.Write(over.State), FlagSpelling.Write(answer.State));
        Compare(
            "percentage", over.Percentage.ToString(CultureInfo.InvariantCulture),
            answer.Percentage.ToString(CultureInfo.InvariantCulture));
        Compare("parent", over.Parent ?? "none", answer.Parent ?? "none");
        Compare("priority", over.Priority?.ToString(CultureInfo.InvariantCulture)
            ?? "none", answer.Priority?.ToString(CultureInfo.InvariantCulture) ?? "none");
        return $"Configuration changed {string.Join(" and ", changes)}, so its override or rollout has ended.";

        void Compare(string what, string old, string @new)
        {
            if (old != @new)
                changes.Add($"{what} from {old} to {@new}");
        }
    }
}
