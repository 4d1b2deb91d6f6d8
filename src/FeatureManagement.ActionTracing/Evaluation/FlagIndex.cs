using System.Collections.Frozen;
using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>
/// The index of each name in a snapshot. Shared by all snapshots of the same names. Immutable except for a cache of
/// unknown names.
/// </summary>
internal sealed class FlagIndex
{
    private const int MaxRemembered = 200;

    private readonly FrozenDictionary<string, int> _exact;
    private readonly Dictionary<string, int> _anyCase; // to freeze it as well would take most of the time of loading

    // Recent names that are no flags, by reference: code asks for features of Microsoft.FeatureManagement by the same
    // string each time.
    private readonly string?[] _unknownNames = new string?[256];

    public FlagIndex(string[] names)
    {
        Names = names;
        var places = new KeyValuePair<string, int>[names.Length];
        for (int i = 0; i < names.Length; i++)
            places[i] = new(names[i], i);
        _exact = places.ToFrozenDictionary(StringComparer.Ordinal);
        _anyCase = new Dictionary<string, int>(places, StringComparer.OrdinalIgnoreCase);
    }

    public string[] Names { get; }

    /// <summary>The index of a name, or -1.</summary>
    public int Find(string name)
    {
        // Code asks by the configured spelling; only then by any other. One non-ASCII name would slow an ignore-case
        // look-up for all.
        if (_exact.TryGetValue(name, out int place))
            return place;
        return FindInAnyCase(name);
    }

    private int FindInAnyCase(string name)
    {
        ref string? unknown = ref _unknownNames[RuntimeHelpers.GetHashCode(name) & 255];
        if (ReferenceEquals(unknown, name))
            return -1;
        if (_anyCase.TryGetValue(name, out int place))
            return place;
        if (name.Length <= MaxRemembered)
            unknown = name;
        return -1;
    }
}
