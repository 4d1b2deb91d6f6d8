using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>
/// Collects the keys outside of the section, to find a flag that was moved out of it by mistake. Not thread-safe.
/// </summary>
internal sealed class OutsideKeys
{
    private static readonly string[] Section = [SettingReader.SectionName];
    private static readonly string[] TypicalFields = ["percentage", "whitelist", "variants", "parent", "environments", "rolloutConfig"];

    private readonly Dictionary<string, OutsideKey> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Root keys, and every path whose fields are those of a flag.</summary>
    public IReadOnlyCollection<OutsideKey> Keys => _keys.Values;

    /// <param name="path">A key outside of the section, with colons.</param>
    /// <param name="value">Its value.</param>
    public void Add(ReadOnlySpan<char> path, string? value)
    {
        int first = path.IndexOf(':');
        ReadOnlySpan<char> root = first < 0 ? path : path[..first];
        if (SettingNames.IsComment(root))
            return;
        OutsideKey key = Find(root, isRoot: true);
        if (first < 0)
            return;
        ReadOnlySpan<char> below = path[(first + 1)..];
        int second = below.IndexOf(':');
        ReadOnlySpan<char> name = second < 0 ? below : below[..second];
        if (SettingNames.IsOneOf(name, SettingNames.Section)
            && NearestName.Find(key.Name, Section) is not null
            && !Is(root, SettingReader.SectionName))
            key.IsMisspelledSection = true;
        if (HasComment(path))
            return;
        // A field that is typical of flags, and everything below featureFlags, which may be a part of a flag.
        key.HasField |= SettingNames.IsOneOf(name, TypicalFields);
        MarkPlacesAmongFlags(path);
        int last = path.LastIndexOf(':');
        ReadOnlySpan<char> field = path[(last + 1)..];
        bool type = Is(field, "type") && FlagSpelling.TryRead(value?.Trim(), out FlagType _);
        bool state = Is(field, "state") && FlagSpelling.TryRead(value?.Trim(), out FlagState _);
        if (!type && !state)
            return;
        key = Find(path[..last], isRoot: last == first);
        key.HasType |= type;
        key.HasState |= state;
    }

    // Each name after a "featureFlags", because a whole section may be moved into another.
    private void MarkPlacesAmongFlags(ReadOnlySpan<char> path)
    {
        int start = 0;
        while (path[start..].IndexOf(':') is >= 0 and int length)
        {
            bool isFlags = Is(path.Slice(start, length), "featureFlags");
            start += length + 1;
            if (!isFlags)
                continue;
            int end = path[start..].IndexOf(':');
            ReadOnlySpan<char> place = end < 0 ? path : path[..(start + end)];
            Find(place, isRoot: false).HasField = true;
        }
    }

    private OutsideKey Find(ReadOnlySpan<char> path, bool isRoot)
    {
        if (_keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out OutsideKey? key))
            return key;
        string[] names = path.ToString().Split(':');
        key = new OutsideKey
        {
            Path = path.ToString(),
            Name = names[^1],
            IsRoot = isRoot,
            IsPlaceOfFlag = isRoot || IsMissedSection(names[..^1]),
        };
        _keys.Add(key.Path, key);
        return key;
    }

    // Flags next to the section, or below a misspelled section.
    private static bool IsMissedSection(string[] names) =>
        Is(names[^1], "featureFlags")
        && (names.Length == 1
            || (names.Length == 2 && NearestName.Find(names[0], Section) is not null && !Is(names[0], SettingReader.SectionName)));

    private static bool HasComment(ReadOnlySpan<char> path)
    {
        foreach (Range name in path.Split(':'))
            if (SettingNames.IsComment(path[name]))
                return true;
        return false;
    }

    private static bool Is(ReadOnlySpan<char> name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
