using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Finds flags that are their own ancestors. Without recursion, because chains may be long.</summary>
internal static class ParentCycles
{
    private const int MaxPrinted = 10;

    /// <summary>Each cycle once, every flag before its parent.</summary>
    /// <param name="flags">All flags, in the order of the search.</param>
    /// <param name="parentOf">A flag's parent; null where it has none, or one that is not among the flags.</param>
    public static List<List<string>> Find(IEnumerable<string> flags, Func<string, string?> parentOf)
    {
        var cycles = new List<List<string>>();
        var walks = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        int walk = 0;
        foreach (string flag in flags)
        {
            walk++;
            string? current = null; // most flags have no parent
            if (parentOf(flag) is not null)
                current = flag;
            while (current is not null && walks.TryAdd(current, walk))
                current = parentOf(current);
            if (current is not null && walks[current] == walk)
                cycles.Add(Around(current, parentOf));
        }
        return cycles;
    }

    /// <summary><c>a → b → a</c>; a long cycle without its middle.</summary>
    public static string Print(List<string> cycle)
    {
        IEnumerable<string> shown;
        if (cycle.Count <= MaxPrinted)
            shown = cycle;
        else
            shown = [.. cycle.Take(MaxPrinted - 1), $"… {cycle.Count - MaxPrinted} more …", cycle[^1]];
        return string.Join(" → ", shown.Append(cycle[0]).Select(ForeignText.Quote));
    }

    private static List<string> Around(string start, Func<string, string?> parentOf)
    {
        var cycle = new List<string> { start };
        for (string? next = parentOf(start); next is not null
            && !next.Equals(start, StringComparison.OrdinalIgnoreCase); next = parentOf(next))
            cycle.Add(next);
        return cycle;
    }
}
