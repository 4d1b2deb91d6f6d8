using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.State;

/// <summary>Sets when the configured contents of flags changed.</summary>
internal static class FlagDates
{
    /// <summary>Sets the times of flags. No watcher is notified, because no flag changes.</summary>
    /// <param name="source">The source of the flags.</param>
    /// <param name="times">The time of a content; null where it is not known. Called under no lock.</param>
    /// <returns>The configured flags after it.</returns>
    public static IReadOnlyList<EffectiveFlag> Date(this SnapshotSource source, Func<FlagDefinition, DateTimeOffset?> times)
    {
        // Again where configuration changed meanwhile.
        while (true)
        {
            IReadOnlyList<EffectiveFlag> known = source.ConfiguredFlags();
            EffectiveFlag[] dated = [.. known.Select(flag => Date(flag, times))];
            if (dated.SequenceEqual(known))
                return known;
            if (source.TryDate(known, dated))
                return dated;
        }
    }

    private static EffectiveFlag Date(EffectiveFlag flag, Func<FlagDefinition, DateTimeOffset?> times)
    {
        if (times(flag.Definition) is { } at && at != flag.LastModified)
            return flag with { LastModified = at };
        return flag;
    }
}
