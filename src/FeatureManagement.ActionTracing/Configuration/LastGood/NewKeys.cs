using FeatureManagement.ActionTracing.Configuration.Reading;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>
/// Finds the new keys of an edit in places that allow any name; a key in any other place is a fault already. Pure.
/// </summary>
internal static class NewKeys
{
    /// <summary>By name, without regard to case.</summary>
    /// <param name="before">The last reading: keys that it has are not the lost part.</param>
    /// <param name="raw">The settings of the providers.</param>
    /// <param name="section">The parsed section.</param>
    public static ILookup<string, NewKey> Find(CatalogReading before, RawSettings raw, SectionReading section) =>
        Outside(before, raw)
            .Concat(section.Flags.Values.SelectMany(flag => Inside(before, flag)))
            .ToLookup(key => key.Name, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<NewKey> Outside(CatalogReading before, RawSettings raw) =>
        raw.Outside
            .Where(key => (key.IsRoot || key.LooksLikeFlag) && !before.Outside.Contains(key.Path))
            .Select(key => new NewKey(key.Name, null, key.Path));

    private static IEnumerable<NewKey> Inside(CatalogReading before, FlagReading flag)
    {
        if (!before.Parts.TryGetValue(flag.Name, out IReadOnlyList<FlagPart>? known))
        {
            known = [];
            yield return new NewKey(flag.Name, flag.Name, "");
        }
        if (known.SequenceEqual(flag.Parts))
            yield break;
        foreach (FlagPart part in flag.Parts.Except(known))
        {
            string[] names = part.Path.Split(':');
            for (int i = 1; i < names.Length; i++)
            {
                bool isEnvironment = i == 1 && Is(names[0], "environments");
                string path = string.Join(':', names[..(i + 1)]);
                if ((isEnvironment || IsInConfig(names.AsSpan(0, i))) && !known.Any(old => old.IsAt(path)))
                    yield return new NewKey(names[i], flag.Name, path) { IsEnvironment = isEnvironment };
            }
        }
    }

    // The config of a variant is the application's own, with any names at any depth.
    private static bool IsInConfig(ReadOnlySpan<string> above)
    {
        for (int i = 2; i < above.Length; i++)
            if (Is(above[i], "config") && Is(above[i - 2], "variants"))
                return true;
        return false;
    }

    private static bool Is(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
