using FeatureManagement.ActionTracing.Configuration.Reading;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>The flags that keep their last good definition, and the faults that say why. Not thread-safe.</summary>
/// <param name="faults">The faults of the section. A flag that has one gets no second.</param>
internal sealed class KeptFlags(IEnumerable<SettingFault> faults)
{
    // Each fault is a sentence in the log, the audit and the status.
    private const int MaxNamed = 20;

    private readonly HashSet<string> _hasFault =
        faults.Select(fault => fault.Flag).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);

    private readonly List<string> _names = [];
    private readonly List<SettingFault> _faults = [];
    private int _rest;

    public IReadOnlyCollection<string> Names => _names;

    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>Keeps a flag; not without a reason.</summary>
    public void Add(FlagDefinition flag, string path, string? why)
    {
        if (why is null)
            return;
        _names.Add(flag.Name);
        if (_hasFault.Contains(flag.Name))
            return;
        if (_faults.Count < MaxNamed || flag.Priority is not null)
            _faults.Add(new SettingFault(flag.Name, path, why));
        else
            _rest++;
    }

    /// <summary>Keeps flags for one reason; null where another fault says it.</summary>
    public void AddAll(IEnumerable<FlagDefinition> flags, SettingFault? fault)
    {
        _names.AddRange(flags.Select(flag => flag.Name));
        if (fault is { } one)
            _faults.Add(one);
    }

    /// <summary>Adds one fault for all flags beyond those that have a fault of their own.</summary>
    public void AddRest(string path)
    {
        if (_rest > 0)
            _faults.Add(new SettingFault(null, path,
                $"has lost {_rest} more flags in the same way; their last good definitions stay in force"));
    }
}
