using System.Collections.Immutable;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>Everything that a page shows, at one moment: immutable objects that are replaced when anything in them changes, so that looking for changes costs next to nothing.</summary>
internal sealed record Observed(FlagSnapshot Flags, IReadOnlyDictionary<string, RolloutCheck?> Rollouts, ConfigurationReport Configuration, StoreReport Store)
{
    public LiveChanges Since(Observed before) => LiveChanges.Of(
        ReferenceEquals(Flags, before.Flags) ? [] : ChangedFlags(before.Flags),
        [.. Rollouts.Where(look => !ReferenceEquals(look.Value, before.Rollouts.GetValueOrDefault(look.Key))).Select(look => look.Key)],
        !ReferenceEquals(Configuration, before.Configuration) || Store != before.Store);

    private ImmutableHashSet<string>? ChangedFlags(FlagSnapshot before)
    {
        // Flags that came or went change what others are below.
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
