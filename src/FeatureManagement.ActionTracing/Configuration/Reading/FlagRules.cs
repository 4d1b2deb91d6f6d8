using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Checks the rules between flags: parents exist, and no flag is its own ancestor.</summary>
internal static class FlagRules
{
    // The search for a similar name visits all names.
    private const int MaxSuggestions = 20;

    /// <summary>The faults, and the flags that have them.</summary>
    public static (IReadOnlyList<SettingFault> Faults, IReadOnlySet<string> Broken) Check(
        SectionReading reading, FrozenDictionary<string, FlagDefinition> builtIn)
    {
        var faults = new List<SettingFault>();
        var broken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var unknown = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (FlagReading flag in reading.Flags.Values)
            foreach ((string path, string parent) in flag.Parents)
                if (!reading.Flags.ContainsKey(parent) && !builtIn.ContainsKey(parent))
                {
                    if (!unknown.TryGetValue(parent, out string? text))
                        unknown[parent] =
                            text = Unknown(parent, unknown.Count < MaxSuggestions ? reading.Flags.Keys.Concat(builtIn.Keys) : []);
                    faults.Add(new SettingFault(flag.Name, path, text));
                    broken.Add(flag.Name);
                }

        foreach (List<string> cycle in ParentCycles.Find(reading.Flags.Keys, ParentOf))
        {
            faults.Add(new SettingFault(
                cycle[0], "parent", $"makes a cycle: {ParentCycles.Print(cycle)}; remove the parent from one of them"));
            broken.UnionWith(cycle);
        }
        return (faults, broken);

        string? ParentOf(string name)
        {
            if (reading.Flags.TryGetValue(name, out FlagReading? flag))
                return Spelled(flag.Parent);
            return Spelled(builtIn.GetValueOrDefault(name)?.Parent);
        }

        string? Spelled(string? name)
        {
            if (name is null)
                return null;
            if (reading.Flags.TryGetValue(name, out FlagReading? flag))
                return flag.Name;
            return builtIn.GetValueOrDefault(name)?.Name;
        }
    }

    private static string Unknown(string parent, IEnumerable<string> names) =>
        $"is {ForeignText.Quote(parent)}, and there is no such flag; "
            + (NearestName.Find(parent, names) is { } nearest ? $"did you mean {nearest}?" : "define it, or remove the parent");
}
