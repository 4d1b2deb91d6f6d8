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

    public static SettingNode Read(IConfiguration? configuration)
    {
        var root = new SettingNode(SectionName);
        int provider = 0;
        if (configuration is not null)
            Read(configuration, root, ref provider);
        return root;
    }

    private static void Read(IConfiguration configuration, SettingNode root, ref int provider)
    {
        if (configuration is not IConfigurationRoot { Providers: var providers })
        {
            Walk(configuration.GetSection(SectionName), "", root, provider++);
            return;
        }
        foreach (IConfigurationProvider source in providers)
        {
            if (source is ChainedConfigurationProvider chained)
                Read(chained.Configuration, root, ref provider);
            else if (source is ConfigurationProvider known && !Overrides(known))
                ReadData(Data(known), root, provider++);
            else
                Walk(source, SectionName, "", root, provider++);
        }
    }

    private static void ReadData(IDictionary<string, string?> data, SettingNode root, int provider)
    {
        foreach ((string key, string? value) in data)
            if (key.Length > SectionName.Length && key[SectionName.Length] == ':' && key.StartsWith(SectionName, StringComparison.OrdinalIgnoreCase))
                Add(root, key.AsSpan(SectionName.Length + 1), value, provider);
    }

    // Providers that keep their data in their own way are asked key by key.
    private static void Walk(IConfigurationProvider source, string path, string below, SettingNode root, int provider)
    {
        foreach (string name in source.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string child = ConfigurationPath.Combine(path, name);
            string rest = below.Length == 0 ? name : ConfigurationPath.Combine(below, name);
            if (source.TryGet(child, out string? value))
                Add(root, rest, value, provider);
            Walk(source, child, rest, root, provider);
        }
    }

    private static void Walk(IConfiguration section, string below, SettingNode root, int provider)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            string rest = below.Length == 0 ? child.Key : ConfigurationPath.Combine(below, child.Key);
            if (child.Value is not null)
                Add(root, rest, child.Value, provider);
            Walk(child, rest, root, provider);
        }
    }

    private static void Add(SettingNode root, ReadOnlySpan<char> path, string? value, int provider)
    {
        SettingNode node = root;
        Place place = Place.Section;
        while (!path.IsEmpty)
        {
            int colon = path.IndexOf(':');
            ReadOnlySpan<char> name = colon < 0 ? path : path[..colon];
            path = colon < 0 ? default : path[(colon + 1)..];
            node = node.GetOrAdd(name);
            place = Below(place, node.Name);
            if (place == Place.List)
            {
                (node.Items ??= []).Add(new SettingItem(provider, path.ToString(), value));
                return;
            }
        }
        if (value is not null)
            node.Value = value;
    }

    private static Place Below(Place place, string name)
    {
        return place switch
        {
            Place.Section => Is("featureFlags") ? Place.Flags : Place.Other,
            Place.Flags => Place.Flag,
            Place.Environments => Place.Flag,
            Place.Variants => Place.Variant,
            Place.Flag when Is("environments") => Place.Environments,
            Place.Flag when Is("variants") => Place.Variants,
            Place.Flag when Is("rolloutConfig") => Place.Rollout,
            Place.Flag when Is("whitelist") || Is("groups") => Place.List,
            Place.Rollout when Is("checkpoints") || Is("schedule") => Place.List,
            Place.Variant when Is("config") => Place.List,
            _ => Place.Other,
        };

        bool Is(string known) => ReferenceEquals(name, known) || name.Equals(known, StringComparison.OrdinalIgnoreCase);
    }

    private static bool Overrides(ConfigurationProvider provider) =>
        provider.GetType().GetMethod(nameof(provider.TryGet))?.DeclaringType != typeof(ConfigurationProvider)
        || provider.GetType().GetMethod(nameof(provider.GetChildKeys))?.DeclaringType != typeof(ConfigurationProvider);

    // Protected, and thus part of the platform's contract: what every provider derived from it fills.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> Data(ConfigurationProvider provider);

    private enum Place
    {
        Section,
        Flags,
        Flag,
        Environments,
        Variants,
        Variant,
        Rollout,
        List,
        Other,
    }
}
