using System.Globalization;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Finds lists with gaps in their indices: a single environment variable <c>whitelist__2</c> replaces a whole list, and was meant to add to it.</summary>
internal static class ListGaps
{
    /// <summary>A sentence for each such list of a flag, overlays included.</summary>
    public static IEnumerable<string> Warnings(SettingNode flag) => Find(flag, "").Select(found =>
        $"Flag '{ForeignText.Escape(flag.Name)}': {found.Path} has only the indices {found.Indices}; a list is taken whole from the last provider that has one, "
        + "so this one replaces all values of the others. To add a value, write it as a map of values to true.");

    private static IEnumerable<(string Path, string Indices)> Find(SettingNode node, string path)
    {
        for (int i = 0; i < node.Children.Length; i++)
        {
            SettingNode child = node.Children[i];
            string below = path.Length == 0 ? ForeignText.Quote(child.Name) : $"{path}.{ForeignText.Quote(child.Name)}";
            if (child.Items is null)
            {
                foreach ((string, string) found in Find(child, below))
                    yield return found;
            }
            else if (!child.Name.Equals("config", StringComparison.OrdinalIgnoreCase))
            {
                foreach (IGrouping<int, SettingItem> provider in child.Items.GroupBy(item => item.Provider))
                    if (GapsOf([.. provider.Where(item => item.Key.Length > 0)]) is { } indices)
                        yield return (below, indices);
            }
        }
    }

    private static string? GapsOf(SettingItem[] items)
    {
        var indices = new SortedSet<int>();
        foreach (SettingItem item in items)
        {
            int colon = item.Key.IndexOf(':');
            if (!int.TryParse(colon < 0 ? item.Key : item.Key.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                return null;
            indices.Add(index);
        }
        // Numbers that are true or false are ids in a map.
        bool map = items.All(item => bool.TryParse(item.Value, out _));
        return indices.Count == 0 || map || indices.Max == indices.Count - 1 ? null : ForeignText.Quote(string.Join(", ", indices.Take(10)));
    }
}
