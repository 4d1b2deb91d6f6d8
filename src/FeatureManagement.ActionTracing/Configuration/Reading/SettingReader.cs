using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Configuration.LastGood;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>
/// Reads a section in one pass over the data of the providers. <see cref="IConfiguration.GetChildren"/> is quadratic in
/// the number of children, and it merges lists by index, so that the provider of an entry is lost.
/// </summary>
internal static class SettingReader
{
    public const string SectionName = "ActionTracing";

    // A provider may return more children for every path; this bounds the walk.
    private const int MaxDepth = 32;

    private static readonly ConcurrentDictionary<Type, bool> ByType = new();

    /// <param name="configuration">A root, a section above ours, or our section itself; null for none.</param>
    /// <param name="dataOf">
    /// Returns the data of a provider that derives from <see cref="ConfigurationProvider"/>; null for its own data.
    /// </param>
    /// <param name="above">The path of the section that ours is in; empty at the root.</param>
    public static RawSettings Read(
        IConfiguration? configuration, Func<ConfigurationProvider, IDictionary<string, string?>>? dataOf = null, string above = "")
    {
        var tree = new SettingTree();
        var outside = new OutsideKeys();
        if (configuration is not (null or IConfigurationRoot))
        {
            IConfigurationSection section = SectionOf(configuration);
            tree.Add("", section.Value);
            Walk(section, "", tree, 0);
            if (!ReferenceEquals(section, configuration))
                WalkOutside(configuration, outside);
        }
        foreach (IConfigurationProvider provider in Providers(configuration))
        {
            tree.NextProvider();
            if (KeepsData(provider))
            {
                ReadData((dataOf ?? Data)((ConfigurationProvider)provider), above, tree, outside);
            }
            else
            {
                Walk(provider, above.Length == 0 ? SectionName : ConfigurationPath.Combine(above, SectionName), "", tree, 0);
                WalkOutside(provider, above, outside);
            }
        }
        tree.Complete();
        return new RawSettings
        {
            Section = tree.Root,
            Faults = tree.Faults,
            HasList = tree.HasList,
            ListLength = tree.ListLength,
            Outside = outside.Keys,
        };
    }

    /// <summary>Every provider of a root, those of a chained one in its place. Later ones win.</summary>
    public static IEnumerable<IConfigurationProvider> Providers(IConfiguration? configuration)
    {
        if (configuration is IConfigurationRoot root)
            foreach (IConfigurationProvider provider in root.Providers)
                if (provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot chained })
                    foreach (IConfigurationProvider inner in Providers(chained))
                        yield return inner;
                else
                    yield return provider;
    }

    /// <summary>Whether a provider's data belongs to the section.</summary>
    public static bool SaysSomething(IDictionary<string, string?> data, string above = "") =>
        data.Keys.Any(key => IsBelow(Below(key, above)));

    // Protected, and thus part of the platform's contract: what every provider derived from it fills.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    public static extern IDictionary<string, string?> Data(ConfigurationProvider provider);

    private static void ReadData(IDictionary<string, string?> data, string above, SettingTree tree, OutsideKeys outside)
    {
        foreach ((string path, string? value) in data)
        {
            ReadOnlySpan<char> key = Below(path, above);
            if (IsBelow(key))
                tree.Add(key[(SectionName.Length + 1)..], value);
            else if (key.Equals(SectionName, StringComparison.OrdinalIgnoreCase))
                tree.Add("", value);
            else if (key.Length > 0)
                outside.Add(key, value);
        }
    }

    private static bool IsBelow(ReadOnlySpan<char> key) =>
        key.Length > SectionName.Length
            && key[SectionName.Length] == ':'
            && key.StartsWith(SectionName, StringComparison.OrdinalIgnoreCase);

    // The rest of a key below a path; empty for a key that is elsewhere.
    private static ReadOnlySpan<char> Below(string key, string above)
    {
        if (above.Length == 0)
            return key;
        if (key.Length > above.Length
            && key[above.Length] == ':'
            && key.StartsWith(above, StringComparison.OrdinalIgnoreCase))
            return key.AsSpan(above.Length + 1);
        return default;
    }

    // Providers that keep their data in their own way are asked key by key.
    private static void Walk(IConfigurationProvider provider, string path, string below, SettingTree tree, int depth)
    {
        foreach (string name in provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string child = ConfigurationPath.Combine(path, name);
            string rest = name;
            if (below.Length != 0)
                rest = ConfigurationPath.Combine(below, name);
            if (provider.TryGet(child, out string? value))
                tree.Add(rest, value);
            if (depth < MaxDepth)
                Walk(provider, child, rest, tree, depth + 1);
        }
    }

    private static void Walk(IConfiguration section, string below, SettingTree tree, int depth)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            string rest = child.Key;
            if (below.Length != 0)
                rest = ConfigurationPath.Combine(below, child.Key);
            if (child.Value is not null)
                tree.Add(rest, child.Value);
            if (depth < MaxDepth)
                Walk(child, rest, tree, depth + 1);
        }
    }

    // Asking is dear: only for a flag beside the section.
    private static void WalkOutside(IConfigurationProvider provider, string above, OutsideKeys outside)
    {
        string prefix = "";
        if (above.Length != 0)
            prefix = above + ConfigurationPath.KeyDelimiter;
        foreach (string name in provider.GetChildKeys([], above.Length == 0 ? null : above).Distinct(StringComparer.OrdinalIgnoreCase))
            if (!name.Equals(SectionName, StringComparison.OrdinalIgnoreCase))
                AddOutside(name, field => provider.TryGet(prefix + field, out string? value) ? value : null, outside);
    }

    private static void WalkOutside(IConfiguration above, OutsideKeys outside)
    {
        foreach (IConfigurationSection child in above.GetChildren())
            if (!child.Key.Equals(SectionName, StringComparison.OrdinalIgnoreCase))
                AddOutside(child.Key, field => above[field], outside);
    }

    private static void AddOutside(string name, Func<string, string?> valueOf, OutsideKeys outside)
    {
        outside.Add(name, null);
        foreach (string field in new[] { "type", "state" })
        {
            string path = ConfigurationPath.Combine(name, field);
            if (valueOf(path) is { } value)
                outside.Add(path, value);
        }
    }

    private static IConfigurationSection SectionOf(IConfiguration configuration)
    {
        if (configuration is IConfigurationSection section && section.Key.Equals(SectionName, StringComparison.OrdinalIgnoreCase))
            return section;
        return configuration.GetSection(SectionName);
    }

    // By the methods that a call through the interface reaches, so that overloads and explicit implementations do not
    // matter.
    private static bool KeepsData(IConfigurationProvider provider) => provider is ConfigurationProvider
        && ByType.GetOrAdd(provider.GetType(), static type =>
    {
        InterfaceMapping map = type.GetInterfaceMap(typeof(IConfigurationProvider));
        return map.InterfaceMethods.Zip(map.TargetMethods).All(pair =>
            pair.First.Name is not (nameof(IConfigurationProvider.TryGet) or nameof(IConfigurationProvider.GetChildKeys))
            || pair.Second.DeclaringType == typeof(ConfigurationProvider));
    });
}
