using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>
/// Finds lists with gaps in their indices: a single environment variable <c>whitelist__2</c> replaces a whole list, and
/// was meant to add to it.
/// </summary>
internal static class ListGaps
{
    /// <summary>Adds a sentence for each such list of a flag, overlays included.</summary>
    public static void Warn(SettingNode flag, List<string> warnings) => Warn(flag, flag, "", warnings);

    private static void Warn(SettingNode flag, SettingNode node, string path, List<string> warnings)
    {
        foreach (SettingNode child in node.Children)
        {
            if (child.HasChildren)
                Warn(flag, child, PathOf(path, child), warnings);
            if (child.Items is null || child.Name.Equals("config", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (IGrouping<int, SettingItem> provider in child.Items.GroupBy(item => item.Provider))
                if (GapsOf([.. provider.Where(item => item.Key.Length > 0)]) is { } indices)
                    warnings.Add(
                        $"Flag '{ForeignText.Escape(flag.Name)}': {PathOf(path, child)} has only the "
                        + $"indices {indices}; a list is taken whole from the last provider that has one, "
                        + "so this one replaces all values of the others. To add a value, write it as a map of values to true.");
        }
    }

    private static string PathOf(string path, SettingNode child)
    {
        if (path.Length == 0)
            return ForeignText.Quote(child.Name);
        return $"{path}.{ForeignText.Quote(child.Name)}";
    }

    private static string? GapsOf(SettingItem[] items)
    {
        var indices = new SortedSet<int>();
        foreach (SettingItem item in items)
        {
            int colon = item.Key.IndexOf(':');
            if (!int.TryParse(
                colon < 0 ? item.Key : item.Key.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture,
                out int index))
                return null;
            indices.Add(index);
        }
        // Numbers that are true or false are ids in a map.
        bool map = items.All(item => bool.TryParse(item.Value, out _));
        if (indices.Count == 0 || map || indices.Max == indices.Count - 1)
            return null;
        return ForeignText.Quote(string.Join(", ", indices.Take(10)));
    }
}
