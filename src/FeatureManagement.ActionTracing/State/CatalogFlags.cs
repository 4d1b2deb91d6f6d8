using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.State;

/// <summary>The flags of a catalog, as a snapshot takes them. Pure.</summary>
internal static class CatalogFlags
{
    /// <summary>
    /// All flags in the order of a snapshot. A flag that did not change stays the same instance, with the time of its
    /// last change.
    /// </summary>
    /// <param name="catalog">The new catalog.</param>
    /// <param name="known">The flag of a name before; null where there was none.</param>
    /// <param name="now">The time of change of flags that are new or different.</param>
    public static EffectiveFlag[] Of(FlagCatalog catalog, Func<string, EffectiveFlag?> known, DateTimeOffset now)
    {
        var flags = new EffectiveFlag[catalog.Flags.Count];
        int count = 0;
        foreach (FlagDefinition definition in catalog.Flags.Values)
        {
            FlagSource source = catalog.SourceOf(definition);
            EffectiveFlag? before = known(definition.Name);
            bool isSame = before is not null && ReferenceEquals(before.Definition, definition) && before.Source == source;
            flags[count++] = isSame ? before! : EffectiveFlag.Of(definition, source, now); // the same is not null
        }
        Array.Sort(
            flags,
            static (left, right) => string.Compare(left.Definition.Name, right.Definition.Name, StringComparison.OrdinalIgnoreCase));
        return flags;
    }
}
