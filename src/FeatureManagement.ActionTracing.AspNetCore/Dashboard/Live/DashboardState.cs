using System.Collections.Immutable;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>
/// Everything that a page shows, at one moment. The objects are immutable and replaced when they change, so comparing
/// references finds every change.
/// </summary>
internal sealed record DashboardState(
    FlagSnapshot Flags,
    IReadOnlyDictionary<string, RolloutCheck?> Rollouts,
    ConfigurationReport Configuration,
    StoreReport Store)
{
    public LiveChanges Since(DashboardState before) => LiveChanges.Of(
        ChangedFlags(before.Flags),
        [.. Rollouts.Where(check => IsNew(check, before)).Select(check => check.Key)],
        !ReferenceEquals(Configuration, before.Configuration) || Store != before.Store);

    private static bool IsNew(KeyValuePair<string, RolloutCheck?> check, DashboardState before) =>
        !ReferenceEquals(check.Value, before.Rollouts.GetValueOrDefault(check.Key));

    private ImmutableHashSet<string>? ChangedFlags(FlagSnapshot before)
    {
        if (ReferenceEquals(Flags, before))
            return [];
        // A flag that is new or gone changes the tree.
        if (Flags.Flags.Length != before.Flags.Length)
            return null;
        ImmutableHashSet<string>.Builder changed = ImmutableHashSet.CreateBuilder<string>();
        for (int i = 0; i < Flags.Flags.Length; i++)
        {
            CompiledFlag now = Flags.Flags[i];
            CompiledFlag was = before.Flags[i];
            if (!string.Equals(now.Definition.Name, was.Definition.Name, StringComparison.Ordinal))
                return null;
            if (!ReferenceEquals(now.Effective, was.Effective) || Flags.CanBeOn(now) != before.CanBeOn(was))
                changed.Add(now.Definition.Name);
        }
        return changed.ToImmutable();
    }
}
