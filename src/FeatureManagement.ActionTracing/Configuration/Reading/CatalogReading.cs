using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Configuration.LastGood;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>The result of one reading of configuration. Immutable.</summary>
internal sealed record CatalogReading
{
    public required FlagCatalog Catalog { get; init; }

    /// <summary>The faults, for which the last good state stays in force: the flag, or null, and a sentence.</summary>
    public required IReadOnlyList<(string? Flag, string Message)> Faults { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// The known paths outside of the section that are not the lost part of a flag, case-insensitive.
    /// </summary>
    public required IReadOnlySet<string> Outside { get; init; }

    /// <summary>
    /// The providers of the fields of each definition in <see cref="Catalog"/>, by flag, case-insensitive; built-in
    /// flags have none.
    /// </summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<FlagPart>> Parts { get; init; }

    /// <summary>
    /// Reads, checks and merges: a pure function of the settings, the last good catalog and the emergency flags that
    /// are on.
    /// </summary>
    /// <param name="raw">The settings of the providers.</param>
    /// <param name="environment">The host's environment.</param>
    /// <param name="builtIn">The built-in flags of the environment.</param>
    /// <param name="before">The last reading; null at the start.</param>
    /// <param name="isOn">Whether an emergency flag is on at run time; null where configuration alone decides.</param>
    public static CatalogReading Read(
        RawSettings raw,
        string environment,
        FrozenDictionary<string, FlagDefinition> builtIn,
        CatalogReading? before = null,
        Func<FlagDefinition, bool>? isOn = null)
    {
        if (raw.IsUnreadable && before is not null)
            return before with { Faults = [.. FileFaults(raw).Union(before.Faults)] };
        SectionReading section = SectionReader.Read(raw, environment);
        (IReadOnlyList<SettingFault> rules, IReadOnlySet<string> broken) = FlagRules.Check(section, builtIn);
        HashSet<string> all = [.. broken, .. section.Faults.Select(fault => fault.Flag).OfType<string>()];
        SettingFault[] faults = [.. section.Faults, .. section.Flags.Values.SelectMany(flag => flag.Faults), .. rules];
        isOn ??= flag => IsOn(flag, environment);
        LastGoodFlags? last = null;
        if (before is not null)
            last = LastGoodFlags.Of(before, raw, section, faults, isOn);
        (FlagCatalog catalog, IReadOnlyList<SettingFault> keptFaults) =
            CatalogMerge.Merge(before?.Catalog, section, all.ToHashSet(StringComparer.OrdinalIgnoreCase), builtIn, last?.Kept ?? []);
        if (last is not null)
            faults = [.. faults, .. last.Faults, .. keptFaults];

        List<string> warnings = [.. section.Warnings, .. section.Flags.Values.SelectMany(flag => flag.Warnings)];
        if (section.Flags.Count == 0 && catalog.Flags.Count == catalog.BuiltIn.Count)
            warnings.Add($"{SettingReader.SectionName}.featureFlags is missing or empty; only the built-in flags are there.");
        HashSet<string> outside = raw.Outside.Select(key => key.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        outside.ExceptWith(last?.Suspects.Where(key => key.Flag is null).Select(key => key.Path) ?? []);
        return new CatalogReading
        {
            Catalog = catalog,
            Faults = [.. FileFaults(raw), .. faults.Select(fault => (fault.ShownFlag, fault.ToString()))],
            Warnings = warnings,
            Outside = outside,
            Parts = PartsOf(catalog, section, before, last),
        };
    }

    // A kept definition keeps its parts, because the flag can still lose them.
    private static Dictionary<string, IReadOnlyList<FlagPart>> PartsOf(
        FlagCatalog catalog, SectionReading section, CatalogReading? before, LastGoodFlags? last)
    {
        ILookup<string, NewKey>? suspects = last?.Suspects
            .Where(key => key.Flag is not null)
            .ToLookup(key => key.Flag!, StringComparer.OrdinalIgnoreCase);
        var parts = new Dictionary<string, IReadOnlyList<FlagPart>>(catalog.Flags.Count, StringComparer.OrdinalIgnoreCase);
        foreach (FlagDefinition flag in catalog.Flags.Values)
        {
            if (catalog.BuiltIn.Contains(flag.Name))
                continue;
            FlagReading? written = section.Flags.GetValueOrDefault(flag.Name);
            bool applied = written?.Definition is { } definition
                && FlagFields.AreSame(definition, flag)
                && last?.IsUnsettled(flag.Name) != true;
            if (!applied && before?.Parts.GetValueOrDefault(flag.Name) is { } known)
                parts[flag.Name] = known;
            else if (written is not null && suspects?[flag.Name].Any(key => key.Path.Length == 0) != true)
                parts[flag.Name] = suspects?.Contains(flag.Name) == true
                    ? [.. written.Parts.Where(part => !suspects[flag.Name].Any(key => part.IsAt(key.Path)))]
                    : written.Parts;
        }
        return parts;
    }

    private static bool IsOn(FlagDefinition flag, string environment) => flag.State switch
    {
        FlagState.Disabled or FlagState.EmergencyOff => false,
        FlagState.Development => environment.Equals("Development", StringComparison.OrdinalIgnoreCase),
        _ => true,
    };

    private static IEnumerable<(string? Flag, string Message)> FileFaults(RawSettings raw) =>
        raw.FileFaults.Select(fault => ((string?)null, fault));
}
