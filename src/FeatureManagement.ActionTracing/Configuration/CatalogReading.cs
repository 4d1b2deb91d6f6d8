using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>What becomes of one reading of configuration. Immutable.</summary>
internal sealed record CatalogReading
{
    public required FlagCatalog Catalog { get; init; }

    /// <summary>What is wrong, and for which the last good state stands: flag, or null, and sentence.</summary>
    public required IReadOnlyList<(string? Flag, string Message)> Faults { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads, checks and merges: a pure function of what is written and what was good.</summary>
    public static CatalogReading Read(RawSettings raw, string environment, FrozenDictionary<string, FlagDefinition> builtIn, CatalogReading? before = null)
    {
        if (raw.IsUnreadable && before is not null)
            return before with { Faults = [.. FileFaults(raw).Union(before.Faults)] };
        SectionReading section = SectionReader.Read(raw, environment);
        (IReadOnlyList<SettingFault> rules, IReadOnlySet<string> broken) = FlagRules.Check(section, builtIn);
        HashSet<string> all = [.. broken, .. raw.Faults.Select(fault => fault.Flag).OfType<string>()];
        (FlagCatalog catalog, IReadOnlyList<SettingFault> held) = CatalogMerge.Merge(before?.Catalog, section, all.ToHashSet(StringComparer.OrdinalIgnoreCase), builtIn);

        IEnumerable<SettingFault> faults = section.Faults.Concat(section.Flags.Values.SelectMany(flag => flag.Faults)).Concat(rules);
        if (before is not null)
            faults = faults.Concat(held);
        List<string> warnings = [.. section.Flags.Values.SelectMany(flag => flag.Warnings)];
        if (section.Flags.Count == 0 && catalog.Flags.Count == catalog.BuiltIn.Count)
            warnings.Add($"{SettingReader.SectionName}.featureFlags is missing or empty; only the built-in flags are there.");
        return new CatalogReading
        {
            Catalog = catalog,
            Faults = [.. FileFaults(raw), .. faults.Select(fault => (fault.Flag, fault.ToString()))],
            Warnings = warnings,
        };
    }

    private static IEnumerable<(string? Flag, string Message)> FileFaults(RawSettings raw) => raw.FileFaults.Select(fault => ((string?)null, fault));
}
