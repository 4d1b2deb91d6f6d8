using System.Collections.Frozen;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>The validated configuration: the layer below all others. Immutable.</summary>
internal sealed record FlagCatalog
{
    /// <summary>
    /// Every flag, built-in ones included, by name without regard to case. Parents exist and have no cycles.
    /// </summary>
    public required IReadOnlyDictionary<string, FlagDefinition> Flags { get; init; }

    /// <summary>The names in <see cref="Flags"/> that configuration does not define, without regard to case.</summary>
    public required FrozenSet<string> BuiltIn { get; init; }

    /// <summary>Where a flag of the catalog comes from.</summary>
    public FlagSource SourceOf(FlagDefinition flag)
    {
        if (BuiltIn.Contains(flag.Name))
            return FlagSource.BuiltIn;
        return FlagSource.Configuration;
    }

    public required FeatureFlagSettings Settings { get; init; }

    public required TraceOutputSettings TraceOutput { get; init; }
}
