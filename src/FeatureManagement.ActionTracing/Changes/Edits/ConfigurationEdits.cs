using System.Globalization;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>
/// What edits of configuration end: an override or a rollout, where the flag's configured answer is no longer the one
/// that it was laid over. A configuration edit takes precedence over run-time state. Pure.
/// </summary>
internal static class ConfigurationEdits
{
    private const string Actor = "configuration";

    /// <param name="before">
    /// What configuration said before the edit; null where that is not known, for it was made while the process was
    /// down.
    /// </param>
    /// <param name="after">What it says now.</param>
    /// <param name="layers">What is laid over flags.</param>
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
                // Laid by another process, over an edit that has not been seen here, or before one that it has not
                // seen: not for this process to end.
                if (over == answer || (before is not null && over != previous))
                    continue;
                yield return (new FlagEdit
                {
                    Flag = flag,
                    Action = AuditActions.Superseded,
                    Change = new FlagChange(Actor, Reason(over, answer), ChangeSource.Configuration),
                    At = now,
                    Decide = (edited, record) => FlagChanges.Supersede(edited, record, over, now),
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
