using System.Globalization;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Builds the tree of settings from the paths and values of one provider after the other.</summary>
internal sealed class SettingTree
{
    // Deeper than any field, and shallow enough for recursion over any input.
    private const int MaxDepth = 16;

    private readonly Dictionary<string, string> _spellings = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _paths =
        new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly List<SettingFault> _faults = [];
    private SettingNode? _latestFlag;
    private int _provider;
    private bool _isEmptyList;

    public SettingNode Root { get; } = new(SettingReader.SectionName);

    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>Whether a provider wrote its flags as a list.</summary>
    public bool HasList { get; private set; }

    /// <summary>How many entries the longest such list has.</summary>
    public int ListLength { get; private set; }

    public void NextProvider()
    {
        Complete();
        _provider++;
        _spellings.Clear();
        _isEmptyList = false;
        _latestFlag = null;
    }

    /// <summary>Ends the settings of the current provider.</summary>
    public void Complete()
    {
        int length = 0;
        while (_spellings.ContainsKey(length.ToString(CultureInfo.InvariantCulture)))
            length++;
        bool isList;
        if (length == 0)
            isList = _isEmptyList && _spellings.Count == 0;
        else
            isList = length == _spellings.Count;
        if (!isList)
            return;
        if (!HasList)
            _faults.Add(new SettingFault(null, SettingReader.SectionName + ".featureFlags",
                "is a list; it must be an object with a field for each flag"));
        HasList = true;
        ListLength = Math.Max(ListLength, length);
    }

    /// <param name="path">The path below the section, with colons.</param>
    /// <param name="value">The value; null means that the setting exists.</param>
    public void Add(ReadOnlySpan<char> path, string? value)
    {
        SettingNode node = Root;
        Place place = Place.Section;
        SettingNode? flag = null;
        ReadOnlySpan<char> field = default;
        for (int depth = 0; !path.IsEmpty; depth++)
        {
            int colon = -1;
            if (depth < MaxDepth)
                colon = path.IndexOf(':');
            ReadOnlySpan<char> name = colon < 0 ? path : path[..colon];
            if (colon < 0)
                path = default;
            else
                path = path[(colon + 1)..];
            if (SettingNames.IsComment(name))
                return;
            node = node.GetOrAdd(name);
            place = Below(place, node.Name);
            if (place == Place.Flag && depth == 1)
            {
                Spelled(node, name);
                flag = node;
                field = path;
            }
            if (place == Place.List && HasComment(path))
                return;
            if (place is Place.List or Place.Config)
            {
                NotePart(flag, place == Place.List && !path.IsEmpty ? field[..^(path.Length + 1)] : field, value);
                (node.Items ??= []).Add(new SettingItem(_provider, path.ToString(), value));
                return;
            }
        }
        NotePart(flag, field, value);
        // An empty list has an empty value.
        if (place == Place.Flags && value?.Length == 0)
            _isEmptyList = true;
        else if (value is not null)
            node.Value = value;
    }

    private void NotePart(SettingNode? flag, ReadOnlySpan<char> field, string? value)
    {
        if (flag is null || field.IsEmpty || value is null)
            return;
        // Ten thousand flags share the strings of their fields.
        if (!_paths.TryGetValue(field, out string? path))
            _paths.Set.Add(path = field.ToString());
        var part = new FlagPart(_provider, path);
        flag.Parts ??= [];
        if (flag.Parts.Count == 0 || flag.Parts[^1] != part)
            flag.Parts.Add(part);
    }

    // One file that has "Checkout" and "checkout" means two flags, and would silently get one.
    private void Spelled(SettingNode flag, ReadOnlySpan<char> name)
    {
        if (ReferenceEquals(flag, _latestFlag) && name.SequenceEqual(flag.Name))
            return;
        _latestFlag = flag;
        string spelling = flag.Name;
        if (!name.SequenceEqual(flag.Name))
            spelling = name.ToString();
        if (_spellings.TryAdd(flag.Name, spelling) || name.SequenceEqual(_spellings[flag.Name]))
            return;
        var fault = new SettingFault(flag.Name, "",
            $"is defined twice, as '{ForeignText.Quote(_spellings[flag.Name])}' and as '{ForeignText.Quote(spelling)}'; "
            + "names that differ only by case are the same, so rename or remove one");
        if (!_faults.Contains(fault))
            _faults.Add(fault);
    }

    private static bool HasComment(ReadOnlySpan<char> path)
    {
        foreach (Range name in path.Split(':'))
            if (SettingNames.IsComment(path[name]))
                return true;
        return false;
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
            Place.Flag when FlagFields.IsList(name) => Place.List,
            Place.Rollout when Is("checkpoints") || Is("schedule") => Place.List,
            Place.Variant when Is("config") => Place.Config,
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

        /// <summary>The application's own settings: nothing in it is a comment.</summary>
        Config,
        Other,
    }
}
