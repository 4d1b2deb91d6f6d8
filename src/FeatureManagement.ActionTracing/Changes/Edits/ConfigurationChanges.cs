using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>What one catalog says otherwise than the one before. Pure.</summary>
internal static class ConfigurationChanges
{
    /// <summary>The flag, or null for settings; what happened, as a sentence; and the deciding values before and after.</summary>
    public static IEnumerable<(string? Flag, string What, string? Before, string? After)> Between(FlagCatalog before, FlagCatalog after)
    {
        if (before.Settings != after.Settings)
        {
            string settings = "Configuration changed featureFlagSettings.";
            yield return (null, settings, StoredJson.Write(before.Settings), StoredJson.Write(after.Settings));
        }
        if (before.TraceOutput != after.TraceOutput)
            yield return (null, "Configuration changed traceOutput.", Written(before.TraceOutput), Written(after.TraceOutput));
        foreach (FlagDefinition now in after.Flags.Values)
        {
            FlagDefinition? was = before.Flags.GetValueOrDefault(now.Name);
            if (!ReferenceEquals(was, now) && WhatOf(was, now) is { } what)
                yield return Of(was, now, what);
        }
        foreach (FlagDefinition was in before.Flags.Values)
            if (!after.Flags.ContainsKey(was.Name))
                yield return Of(was, null, "Configuration no longer has the flag.");

        (string?, string, string?, string?) Of(FlagDefinition? was, FlagDefinition? now, string what)
        {
            (string? old, string? @new) = AuditValues.Of(Effective(before, was), Effective(after, now));
            return ((now ?? was)!.Name, what, old, @new); // one of them is there
        }
    }

    private static string Written(TraceOutputSettings output) =>
        StoredJson.Write(output with { Directory = ForeignText.Quote(output.Directory) });

    private static string? WhatOf(FlagDefinition? was, FlagDefinition now)
    {
        if (was is null)
            return "Configuration has a new flag.";
        string[] changed = [.. FlagFields.Changed(was, now)];
        if (changed.Length == 0)
            return null;
        return $"Configuration changed {string.Join(" and ", changed)}.";
    }

    private static EffectiveFlag? Effective(FlagCatalog catalog, FlagDefinition? flag)
    {
        if (flag is null)
            return null;
        return EffectiveFlag.Of(flag, catalog.SourceOf(flag));
    }
}
