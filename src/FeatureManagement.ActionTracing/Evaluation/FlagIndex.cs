using System.Collections.Frozen;
using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>Where each name stands in a snapshot. Shared by all snapshots of the same names. Immutable but for a memory of unknown names.</summary>
internal sealed class FlagIndex
{
    private const int MaxRemembered = 200;

    private readonly FrozenDictionary<string, int> _exact;
    private readonly Dictionary<string, int> _anyCase; // freezing it as well would take most of the time of loading

    // The names that lately were no flag's, by reference: code asks for the library's own features again and again by the same string.
    private readonly string?[] _strangers = new string?[256];

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
        // Code asks by the configured spelling; only then by any other. One non-ASCII name would slow an ignore-case look-up for all.
        return _exact.TryGetValue(name, out int place) ? place : FindInAnyCase(name);
    }

    private int FindInAnyCase(string name)
    {
        ref string? stranger = ref _strangers[RuntimeHelpers.GetHashCode(name) & 255];
        if (ReferenceEquals(stranger, name))
            return -1;
        if (_anyCase.TryGetValue(name, out int place))
            return place;
        if (name.Length <= MaxRemembered)
            stranger = name;
        return -1;
    }
}
