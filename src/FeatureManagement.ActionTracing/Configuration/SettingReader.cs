using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>
/// Reads a section in one pass over what the providers hold. Asking <see cref="IConfiguration"/> for children is quadratic in their number, and it
/// has merged lists by index before anybody can see which provider said what.
/// </summary>
internal static class SettingReader
{
    public const string SectionName = "ActionTracing";

    // A provider that answers every path with more children must not keep us for ever; the tree is bounded by itself.
    private const int MaxDepth = 32;

    /// <param name="configuration">A root, something above the section, or the section itself; null for nothing at all.</param>
    /// <param name="dataOf">What a provider that keeps its data in the ordinary way is taken to hold; null for just that.</param>
    public static RawSettings Read(IConfiguration? configuration, Func<ConfigurationProvider, IDictionary<string, string?>>? dataOf = null)
    {
        var tree = new SettingTree();
        if (configuration is not (null or IConfigurationRoot))
        {
            IConfigurationSection section = SectionOf(configuration);
            tree.Add("", section.Value);
            Walk(section, "", tree, 0);
        }
        foreach (IConfigurationProvider provider in Providers(configuration))
        {
            tree.NextProvider();
            if (KeepsData(provider))
                ReadData((dataOf ?? Data)((ConfigurationProvider)provider), tree);
            else
                Walk(provider, SectionName, "", tree, 0);
        }
        return new RawSettings { Section = tree.Root, Faults = tree.Faults };
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
    public static bool SaysSomething(IDictionary<string, string?> data) => data.Keys.Any(IsBelow);

    // Protected, and thus part of the platform's contract: what every provider derived from it fills.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    public static extern IDictionary<string, string?> Data(ConfigurationProvider provider);

    private static void ReadData(IDictionary<string, string?> data, SettingTree tree)
    {
        foreach ((string key, string? value) in data)
            if (IsBelow(key))
                tree.Add(key.AsSpan(SectionName.Length + 1), value);
            else if (key.Equals(SectionName, StringComparison.OrdinalIgnoreCase))
                tree.Add("", value);
    }

    private static bool IsBelow(string key) =>
        key.Length > SectionName.Length && key[SectionName.Length] == ':' && key.StartsWith(SectionName, StringComparison.OrdinalIgnoreCase);

    // Providers that keep their data in their own way are asked key by key.
    private static void Walk(IConfigurationProvider provider, string path, string below, SettingTree tree, int depth)
    {
        foreach (string name in provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string child = ConfigurationPath.Combine(path, name);
            string rest = below.Length == 0 ? name : ConfigurationPath.Combine(below, name);
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
            string rest = below.Length == 0 ? child.Key : ConfigurationPath.Combine(below, child.Key);
            if (child.Value is not null)
                tree.Add(rest, child.Value);
            if (depth < MaxDepth)
                Walk(child, rest, tree, depth + 1);
        }
    }

    private static IConfigurationSection SectionOf(IConfiguration configuration) =>
        configuration is IConfigurationSection section && section.Key.Equals(SectionName, StringComparison.OrdinalIgnoreCase)
            ? section
            : configuration.GetSection(SectionName);

    private static bool KeepsData(IConfigurationProvider provider) =>
        provider is ConfigurationProvider
        && provider.GetType().GetMethod(nameof(provider.TryGet))?.DeclaringType == typeof(ConfigurationProvider)
        && provider.GetType().GetMethod(nameof(provider.GetChildKeys))?.DeclaringType == typeof(ConfigurationProvider);
}
