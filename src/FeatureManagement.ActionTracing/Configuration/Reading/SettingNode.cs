namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>
/// One setting as configuration has it: strings only, so that nothing can fail while it is read. Names are compared
/// without regard to case.
/// </summary>
internal sealed class SettingNode(string name)
{
    private const int MaxListed = 12;

    // There are many of these for a moment: an array without a list around it, and an index only where there is much to
    // search.
    private SettingNode[] _children = [];
    private int _count;
    private Dictionary<string, SettingNode>? _byName;
    private SettingNode? _latest;

    /// <summary>The name as it was first spelled.</summary>
    public string Name { get; } = name;

    public string? Value { get; set; }

    public ReadOnlySpan<SettingNode> Children => _children.AsSpan(0, _count);

    public bool HasChildren => _count > 0;

    /// <summary>
    /// What providers say below a list (or below the <c>config</c> of a variant), in their order; null elsewhere.
    /// </summary>
    public List<SettingItem>? Items { get; set; }

    /// <summary>Which provider writes which fields of a flag; null elsewhere.</summary>
    public List<FlagPart>? Parts { get; set; }

    public SettingNode? Find(ReadOnlySpan<char> name)
    {
        if (_byName is not null)
            return _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out SettingNode? found) ? found : null;
        foreach (SettingNode child in Children)
            if (name.Equals(child.Name, StringComparison.OrdinalIgnoreCase))
                return child;
        return null;
    }

    public SettingNode GetOrAdd(ReadOnlySpan<char> name)
    {
        // Providers name a setting's neighbours one after the other.
        if (_latest is not null && name.Equals(_latest.Name, StringComparison.OrdinalIgnoreCase))
            return _latest;
        return _latest = Find(name) ?? Add(new SettingNode(SettingNames.Intern(name)));
    }

    /// <summary>
    /// This setting with an overlay: values and lists are replaced, all else is merged.
    /// </summary>
    public SettingNode Overlay(SettingNode over)
    {
        var merged = new SettingNode(Name) { Value = over.Value ?? Value, Items = over.Items ?? Items };
        foreach (SettingNode child in Children)
            merged.Add(over.Find(child.Name) is { } above ? child.Overlay(above) : child);
        foreach (SettingNode child in over.Children)
            if (Find(child.Name) is null)
                merged.Add(child);
        return merged;
    }

    /// <summary>This setting without one of its fields.</summary>
    public SettingNode Without(string name)
    {
        if (Find(name) is not { } without)
            return this;
        var rest = new SettingNode(Name) { Value = Value, Items = Items };
        foreach (SettingNode child in Children)
            if (!ReferenceEquals(child, without))
                rest.Add(child);
        return rest;
    }

    private SettingNode Add(SettingNode child)
    {
        if (_count == _children.Length)
            Array.Resize(ref _children, Math.Max(3, _count * 2));
        _children[_count++] = child;
        if (_byName is not null)
            _byName.Add(child.Name, child);
        else if (_count > MaxListed)
        {
            _byName = new Dictionary<string, SettingNode>(StringComparer.OrdinalIgnoreCase);
            foreach (SettingNode listed in Children)
                _byName.Add(listed.Name, listed);
        }
        return child;
    }
}
