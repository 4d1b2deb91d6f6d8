namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Grows the tree of settings from the paths and values of one provider after the other.</summary>
internal sealed class SettingTree
{
    // Deeper than any field, and shallow enough for recursion over whatever somebody wrote.
    private const int MaxDepth = 16;

    private readonly Dictionary<string, string> _spellings = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingFault> _faults = [];
    private SettingNode? _latestFlag;
    private int _provider;

    public SettingNode Root { get; } = new(SettingReader.SectionName);

    public IReadOnlyList<SettingFault> Faults => _faults;

    public void NextProvider()
    {
        _provider++;
        _spellings.Clear();
        _latestFlag = null;
    }

    /// <param name="path">The path below the section, with colons.</param>
    /// <param name="value">The value there; null, as JSON's, says nothing but that the setting is there.</param>
    public void Add(ReadOnlySpan<char> path, string? value)
    {
        SettingNode node = Root;
        Place place = Place.Section;
        for (int depth = 0; !path.IsEmpty; depth++)
        {
            int colon = depth < MaxDepth ? path.IndexOf(':') : -1;
            ReadOnlySpan<char> name = colon < 0 ? path : path[..colon];
            path = colon < 0 ? default : path[(colon + 1)..];
            node = node.GetOrAdd(name);
            place = Below(place, node.Name);
            if (place == Place.Flag && depth == 1)
                Spelled(node, name);
            if (place == Place.List)
            {
                (node.Items ??= []).Add(new SettingItem(_provider, path.ToString(), value));
                return;
            }
        }
        if (value is not null)
            node.Value = value;
    }

    // One file that has "Checkout" and "checkout" means two flags, and would silently get one.
    private void Spelled(SettingNode flag, ReadOnlySpan<char> name)
    {
        if (ReferenceEquals(flag, _latestFlag) && name.SequenceEqual(flag.Name))
            return;
        _latestFlag = flag;
        if (_spellings.TryAdd(flag.Name, name.SequenceEqual(flag.Name) ? flag.Name : name.ToString()) || name.SequenceEqual(_spellings[flag.Name]))
            return;
        var fault = new SettingFault(flag.Name, "", $"is there twice, as '{_spellings[flag.Name]}' and as '{name}'; names that differ only by case are the same, so rename or remove one");
        if (!_faults.Contains(fault))
            _faults.Add(fault);
    }

    private static Place Below(Place place, string name)
    {
        return place switch
        {
            Place.Section => Is("featureFlags") ? Place.Flags : Place.Other,
            Place.Flags => Place.Flag,
            Place.Environments => Place.Flag,
            Place.Variants => Place.Variant,
            Place.Flag when Is("environments") => Place.Environments,
            Place.Flag when Is("variants") => Place.Variants,
            Place.Flag when Is("rolloutConfig") => Place.Rollout,
            Place.Flag when Is("whitelist") || Is("groups") => Place.List,
            Place.Rollout when Is("checkpoints") || Is("schedule") => Place.List,
            Place.Variant when Is("config") => Place.List,
            _ => Place.Other,
        };

        bool Is(string known) => ReferenceEquals(name, known) || name.Equals(known, StringComparison.OrdinalIgnoreCase);
    }

    private enum Place
    {
        Section,
        Flags,
        Flag,
        Environments,
        Variants,
        Variant,
        Rollout,
        List,
        Other,
    }
}
