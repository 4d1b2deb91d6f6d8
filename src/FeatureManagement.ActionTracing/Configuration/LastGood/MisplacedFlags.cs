using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>Recognises flags in wrong places inside of the section.</summary>
internal static class MisplacedFlags
{
    /// <summary>Whether a setting has the fields that every flag must have.</summary>
    public static bool LooksLikeFlag(SettingNode node) => Has<FlagType>(node, "type") && Has<FlagState>(node, "state");

    private static bool Has<T>(SettingNode node, string field) where T : struct, Enum =>
        FlagSpelling.TryRead(node.Find(field)?.Value?.Trim(), out T _);
}
