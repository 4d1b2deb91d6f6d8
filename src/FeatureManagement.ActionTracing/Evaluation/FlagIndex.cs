using System.Collections.Frozen;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>Where each name stands in a snapshot. Shared by all snapshots of the same names. Immutable.</summary>
internal sealed class FlagIndex
{
    private readonly FrozenDictionary<string, int> _exact;
    private readonly FrozenDictionary<string, int> _anyCase;

    public FlagIndex(string[] names)
    {
        Names = names;
        var places = new KeyValuePair<string, int>[names.Length];
        for (int i = 0; i < names.Length; i++)
            places[i] = new(names[i], i);
        _exact = places.ToFrozenDictionary(StringComparer.Ordinal);
        _anyCase = places.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public string[] Names { get; }

    /// <summary>The index of a name, or -1.</summary>
    public int Find(string name)
    {
        // Code asks by the configured spelling; only then by any other. One non-ASCII name would slow an ignore-case look-up for all.
        if (_exact.TryGetValue(name, out int place) || _anyCase.TryGetValue(name, out place))
            return place;
        return -1;
    }
}
