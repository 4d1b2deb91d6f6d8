using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>
/// Decides which flags keep their last good definition although nothing is wrong with what is written of them: a slip of shape makes a flag vanish, and
/// must neither take it away nor end what it stops. Pure.
/// </summary>
internal sealed class LastGoodFlags
{
    // Each is a sentence in the log, the audit and the status.
    private const int MaxNamed = 20;
    private const string FeatureFlags = SettingReader.SectionName + ".featureFlags";

    private readonly CatalogReading _before;
    private readonly RawSettings _raw;
    private readonly SectionReading _section;
    private readonly Func<FlagDefinition, bool> _isOn;
    private readonly List<string> _kept = [];
    private readonly List<SettingFault> _faults = [];
    private readonly HashSet<string> _suspects = new(StringComparer.OrdinalIgnoreCase);

    private LastGoodFlags(CatalogReading before, RawSettings raw, SectionReading section, Func<FlagDefinition, bool> isOn) =>
        (_before, _raw, _section, _isOn) = (before, raw, section, isOn);

    /// <param name="before">The last reading.</param>
    /// <param name="raw">What the providers say.</param>
    /// <param name="section">The same, understood.</param>
    /// <param name="faults">What is wrong with it.</param>
    /// <param name="isOn">Whether an emergency flag is on at present.</param>
    public static LastGoodFlags Of(
        CatalogReading before, RawSettings raw, SectionReading section, IReadOnlyCollection<SettingFault> faults, Func<FlagDefinition, bool> isOn)
    {
        var last = new LastGoodFlags(before, raw, section, isOn);
        last.KeepVanished(faults);
        last.KeepEmergencyFlagsThatLostTheirPriority();
        last.KeepDoubles();
        last.KeepWhatAListReplaced();
        return last;
    }

    /// <summary>The names of the flags that keep their last good definition.</summary>
    public IReadOnlyCollection<string> Kept => _kept;

    /// <summary>Why they do.</summary>
    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>The paths outside of the section for which they do.</summary>
    public IReadOnlySet<string> Suspects => _suspects;

    private void KeepVanished(IReadOnlyCollection<SettingFault> faults)
    {
        FlagCatalog catalog = _before.Catalog;
        FlagDefinition[] vanished = [.. catalog.Flags.Values.Where(flag => !catalog.BuiltIn.Contains(flag.Name) && !_section.Flags.ContainsKey(flag.Name))];
        if (vanished.Length == 0)
            return;
        if (_section.Flags.Values.All(flag => flag.Definition is null))
        {
            _kept.AddRange(vanished.Select(flag => flag.Name));
            if (_section.Flags.Count > 0)
                _faults.Add(new SettingFault(null, FeatureFlags, "has no valid flag; the last good flags stay in force. Correct the faults of one first"));
            else if (!_raw.HasList)
                _faults.Add(new SettingFault(null, FeatureFlags, "is missing or empty; the last good flags stand. To remove them all, keep one or restart"));
            return;
        }
        ILookup<string, string> children = _section.Flags.Values
            .SelectMany(flag => flag.Parents, (flag, parent) => (Child: flag.Name, Parent: parent.Name))
            .ToLookup(pair => pair.Parent, pair => pair.Child, StringComparer.OrdinalIgnoreCase);
        HashSet<string> named = faults.Select(fault => fault.Flag).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        int unnamed = 0;
        foreach (FlagDefinition flag in vanished)
        {
            if (WhyKept(flag, children, faults.Count > 0) is not { } why)
                continue;
            _kept.Add(flag.Name);
            if (named.Contains(flag.Name))
                continue;
            if (_faults.Count < MaxNamed || flag.Priority is not null)
                _faults.Add(new SettingFault(flag.Name, "", why));
            else
                unnamed++;
        }
        if (unnamed > 0)
            _faults.Add(new SettingFault(null, FeatureFlags, $"has lost {unnamed} more flags in the same way; their last good definitions stay in force"));
    }

    private string? WhyKept(FlagDefinition flag, ILookup<string, string> children, bool anyFault)
    {
        const string Stays = "its last good definition stays in force";
        if (PlaceOf(flag.Name) is { } place)
            return $"is missing from {FeatureFlags}, but '{place}' has its name; {Stays}. Move it back, or rename '{place}'";
        if (flag.Priority is not null && _isOn(flag))
            return $"is missing, but it is an emergency flag that is on; {Stays}. To end it, configure its state as disabled; then it can be removed";
        if (children[flag.Name].FirstOrDefault() is { } child)
            return $"is missing, but '{ForeignText.Quote(child)}' still has it as its parent; {Stays} until '{ForeignText.Quote(child)}' is corrected";
        return anyFault ? $"is missing while something else in {SettingReader.SectionName} has a fault; {Stays}. Correct that fault first" : null;
    }

    private string? PlaceOf(string flag)
    {
        if (New().FirstOrDefault(key => Is(key.Name, flag) && (key.IsRoot || key.LooksLikeFlag)) is not { } key)
            return MisplacedFlags.PlaceOf(_raw.Section, flag);
        _suspects.Add(key.Path);
        return key.Place;
    }

    // What was there before the flag vanished has nothing to do with that.
    private IEnumerable<OutsideKey> New() => _raw.Outside.Where(key => !_before.Outside.Contains(key.Path));

    private void KeepEmergencyFlagsThatLostTheirPriority()
    {
        foreach (FlagReading written in _section.Flags.Values)
            if (written.Definition is { Priority: null, State: not FlagState.Disabled }
                && _before.Catalog.Flags.TryGetValue(written.Name, out FlagDefinition? good)
                && good.Priority is not null
                && _isOn(good))
            {
                _kept.Add(good.Name);
                _faults.Add(new SettingFault(
                    written.Name, "priority", "is missing, and this is an emergency flag that is on; its last good definition stays in force. To end it, configure its state as disabled"));
            }
    }

    // A second file may have held a part of a flag that another file defines.
    private void KeepDoubles()
    {
        foreach (OutsideKey key in New())
            if (key is { LooksLikeFlag: true, IsMisplacedFlag: false }
                && _section.Flags.ContainsKey(key.Name)
                && _before.Catalog.Flags.TryGetValue(key.Name, out FlagDefinition? good)
                && !_before.Catalog.BuiltIn.Contains(good.Name))
            {
                _kept.Add(good.Name);
                _suspects.Add(key.Path);
                _faults.Add(new SettingFault(
                    good.Name, "", $"has fields at '{key.Place}', outside of {FeatureFlags}; its last good definition stays in force. Move them back, or rename '{key.Place}'"));
            }
    }

    // A provider that wrote a list instead of its flags no longer says what it said of them. What switches off still acts.
    private void KeepWhatAListReplaced()
    {
        if (!_raw.HasList)
            return;
        foreach (FlagReading written in _section.Flags.Values)
            if (_before.Catalog.Flags.ContainsKey(written.Name) && !_before.Catalog.BuiltIn.Contains(written.Name) && !SwitchesOff(written.Definition))
                _kept.Add(written.Name);
    }

    private static bool SwitchesOff(FlagDefinition? flag) =>
        flag is { Priority: null, State: FlagState.Disabled or FlagState.EmergencyOff } or { Priority: not null, State: FlagState.Enabled };

    private static bool Is(string name, string flag) => name.Equals(flag, StringComparison.OrdinalIgnoreCase);
}
