using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>
/// Lists over several providers. A plain list is taken whole from the last provider that has one; a map <c>value:
/// true/false</c> adds and removes values. .NET itself would merge plain lists by index.
/// </summary>
internal static class SettingList
{
    /// <summary>Reads a list from any form that providers allow. The values are null where no provider has it.</summary>
    public static bool TryRead(SettingNode node, out IReadOnlyList<string>? values, [NotNullWhen(false)] out string? error)
    {
        values = null;
        error = null;
        if (node.Items is not null)
            return !node.Items.Exists(SaysSomething) || TryResolve(node.Items, out values, out error);
        if (!string.IsNullOrEmpty(node.Value))
            error = $"is '{ForeignText.Quote(node.Value)}'; it must be a list, or a map of true and false";
        return error is null;
    }

    private static bool TryResolve(List<SettingItem> items, out IReadOnlyList<string>? values, [NotNullWhen(false)] out string? error)
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

    /// <summary>An empty list has an empty value. An empty map has none, as has null, and says nothing.</summary>
    public static bool SaysSomething(SettingItem item) => item.Key.Length > 0 || item.Value is not null;

    /// <summary>The entries of a list of objects, from the last provider that has any, as nodes.</summary>
    public static IEnumerable<SettingNode> Objects(List<SettingItem> items)
    {
        var list = new SettingNode("");
        int last = items.FindLastIndex(SaysSomething);
        foreach (SettingItem item in items)
        {
            if (last < 0 || item.Provider != items[last].Provider || item.Key.Length == 0)
                continue;
            SettingNode node = list;
            foreach (string name in item.Key.Split(':'))
                node = node.GetOrAdd(name);
            node.Value = item.Value;
        }
        return list.Children.ToArray()
            .OrderBy(entry => int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int place)
                ? place
                : int.MaxValue);
    }

    private static string? Apply(List<SettingItem> items, ref List<string> values)
    {
        items = items.FindAll(SaysSomething);
        if (items.Count == 0)
            return null;
        if (items.Find(item => item.Key.Length == 0) is { Value: { } plain })
        {
            if (plain.Length > 0)
                return $"is '{ForeignText.Quote(plain)}'; it must be a list, or a map of true and false";
            if (items.Count == 1)
                values = [];
            items.RemoveAll(item => item.Key.Length == 0);
        }
        if (items.Count == 0)
            return null;
        bool numbered = items.TrueForAll(item => int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (items.TrueForAll(item => bool.TryParse(item.Value, out _)))
        {
            if (numbered && items.Select(item => int.Parse(item.Key, CultureInfo.InvariantCulture))
                .Order()
                .Select((place, i) => place == i)
                .All(inPlace => inPlace))
                return "is a list of true and false; it must be a list of values, or a map of values to true and false";
            var named = items.Select(item => item.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
            values.RemoveAll(named.Contains);
            values.AddRange(items.Where(item => bool.Parse(item.Value!)).Select(item => item.Key));
            return null;
        }
        if (!numbered)
        {
            SettingItem wrong = items.Find(item => !bool.TryParse(item.Value, out _));
            return $"holds '{ForeignText.Quote($"{wrong.Key}: {wrong.Value}")}'; in a map each value must be true or false";
        }
        values = [.. items.OrderBy(item => int.Parse(item.Key, CultureInfo.InvariantCulture)).Select(item => item.Value ?? "")];
        return null;
    }
}
