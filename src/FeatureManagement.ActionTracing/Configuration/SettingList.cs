using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>
/// Lists over several providers. A plain list is taken whole from the last provider that has one; a map <c>value: true/false</c> adds and removes
/// values. .NET itself would merge plain lists by index.
/// </summary>
internal static class SettingList
{
    public static bool TryResolve(List<SettingItem> items, out IReadOnlyList<string> values, [NotNullWhen(false)] out string? error)
    {
        var resolved = new List<string>();
        error = null;
        for (int start = 0; start < items.Count && error is null;)
        {
            int end = start;
            while (end < items.Count && items[end].Provider == items[start].Provider)
                end++;
            error = Apply(items[start..end], ref resolved);
            start = end;
        }
        values = resolved;
        return error is null;
    }

    /// <summary>The entries of a list of objects, from the last provider that has any: one node for each.</summary>
    public static IEnumerable<SettingNode> Objects(List<SettingItem> items)
    {
        var list = new SettingNode("");
        foreach (SettingItem item in items)
        {
            if (item.Provider != items[^1].Provider || item.Key.Length == 0)
                continue;
            SettingNode node = list;
            foreach (string name in item.Key.Split(':'))
                node = node.GetOrAdd(name);
            node.Value = item.Value;
        }
        return list.Children.OrderBy(entry => int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int place) ? place : int.MaxValue);
    }

    private static string? Apply(List<SettingItem> items, ref List<string> values)
    {
        if (items is [{ Key.Length: 0 }])
        {
            // An empty list is a list; an empty map, whose value is null, says nothing.
            if (items[0].Value is { Length: > 0 } text)
                return $"is '{text}'; it must be a list, or a map of true and false";
            if (items[0].Value is not null)
                values = [];
            return null;
        }
        List<SettingItem> entries = items.FindAll(item => item.Key.Length > 0);
        if (entries.TrueForAll(item => bool.TryParse(item.Value, out _)))
        {
            foreach (SettingItem item in entries)
            {
                values.RemoveAll(value => value.Equals(item.Key, StringComparison.OrdinalIgnoreCase));
                if (bool.Parse(item.Value!))
                    values.Add(item.Key);
            }
            return null;
        }
        if (entries.Find(item => !int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) is { Key: not null } named)
            return $"holds '{named.Key}: {named.Value}'; in a map each value must be true or false";
        values = [.. entries.OrderBy(item => int.Parse(item.Key, CultureInfo.InvariantCulture)).Select(item => item.Value ?? "")];
        return null;
    }
}
