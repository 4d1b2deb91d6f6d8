using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Finds flags inside of the section in places that take any name, where they are no fault by themselves.</summary>
internal static class MisplacedFlags
{
    /// <summary>The path at which a flag of this name lies: among a flag's environments, or in the <c>config</c> of a variant; or null.</summary>
    public static string? PlaceOf(SettingNode section, string flag)
    {
        if (section.Find("featureFlags") is not { } flags)
            return null;
        foreach (SettingNode other in flags.Children)
        {
            // An overlay has a state, but has no need for a type.
            if (other.Find("environments")?.Find(flag) is { } overlay && Has<FlagType>(overlay, "type"))
                return Path(other, "environments", flag);
            foreach (SettingNode variant in other.Find("variants") is { } variants ? variants.Children : [])
                if (variant.Find("config")?.Items is { } items && (Has<FlagType>(items, flag, "type") || Has<FlagState>(items, flag, "state")))
                    return Path(other, $"variants.{ForeignText.Quote(variant.Name)}.config", flag);
        }
        return null;
    }

    /// <summary>Whether a setting has the fields that every flag must have.</summary>
    public static bool LooksLikeFlag(SettingNode node) => Has<FlagType>(node, "type") && Has<FlagState>(node, "state");

    private static bool Has<T>(SettingNode node, string field) where T : struct, Enum => FlagSpelling.TryRead(node.Find(field)?.Value?.Trim(), out T _);

    private static bool Has<T>(List<SettingItem> items, string flag, string field) where T : struct, Enum => items.Exists(item =>
    {
        string[] names = item.Key.Split(':');
        return names.Length > 1 && Is(names[^2], flag) && Is(names[^1], field) && FlagSpelling.TryRead(item.Value?.Trim(), out T _);
    });

    private static string Path(SettingNode other, string between, string flag) => $"featureFlags.{ForeignText.Quote(other.Name)}.{between}.{flag}";

    private static bool Is(string name, string flag) => name.Equals(flag, StringComparison.OrdinalIgnoreCase);
}
