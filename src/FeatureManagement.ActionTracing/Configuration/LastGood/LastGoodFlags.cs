using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>
/// Decides which flags keep their last good definition although their written form is valid. One rule: a loss (a field
/// of one provider, or the whole flag) is intended only where the section has no other fault and no new key may be the
/// lost part. A mistake in the shape of a file neither removes a flag nor ends an emergency. Pure.
/// </summary>
internal sealed class LastGoodFlags
{
    private const int MaxLost = 3;
    private const string FeatureFlags = SettingReader.SectionName + ".featureFlags";
    private const string Stays = "its last good definition stays in force";

    private readonly CatalogReading _before;
    private readonly SectionReading _section;
    private readonly bool _anyFault;
    private readonly Func<FlagDefinition, bool> _isOn;
    private readonly Lazy<ILookup<string, NewKey>> _newKeys;
    private readonly ILookup<string, OutsideKey> _newParts;
    private readonly Lazy<ILookup<string, string>> _children;
    private readonly LostParts _lost;
    private readonly KeptFlags _kept;
    private readonly List<NewKey> _suspects = [];
    private readonly HashSet<string> _unsettled = new(StringComparer.OrdinalIgnoreCase);

    private LastGoodFlags(
        CatalogReading before,
        RawSettings raw,
        SectionReading section,
        IReadOnlyCollection<SettingFault> faults,
        Func<FlagDefinition, bool> isOn)
    {
        _before = before;
        _section = section;
        _anyFault = faults.Count > 0;
        _isOn = isOn;
        _newKeys = new(() => NewKeys.Find(before, raw, section));
        _lost = new LostParts(before, _newKeys);
        _kept = new KeptFlags(faults);
        _newParts = raw.Outside.Where(key => key is { LooksLikeFlag: true, IsMisplacedFlag: false } && !before.Outside.Contains(key.Path))
            .ToLookup(key => key.Name, StringComparer.OrdinalIgnoreCase);
        _children = new(() => section.Flags.Values
            .SelectMany(flag => flag.Parents, (flag, parent) => (Child: flag.Name, Parent: parent.Name))
            .ToLookup(pair => pair.Parent, pair => pair.Child, StringComparer.OrdinalIgnoreCase));
    }

    /// <param name="before">The last reading.</param>
    /// <param name="raw">The settings of the providers.</param>
    /// <param name="section">The parsed section.</param>
    /// <param name="faults">Its faults.</param>
    /// <param name="isOn">Whether an emergency flag is on at present.</param>
    public static LastGoodFlags Of(
        CatalogReading before,
        RawSettings raw,
        SectionReading section,
        IReadOnlyCollection<SettingFault> faults,
        Func<FlagDefinition, bool> isOn)
    {
        var last = new LastGoodFlags(before, raw, section, faults, isOn);
        if (section.Flags.Values.All(flag => flag.Definition is null))
            last.KeepAllVanished(raw.HasList);
        else
            foreach (FlagDefinition good in before.Catalog.Flags.Values)
                last.Judge(good);
        last._kept.AddRest(FeatureFlags);
        return last;
    }

    /// <summary>The names of the flags that keep their last good definition.</summary>
    public IReadOnlyCollection<string> Kept => _kept.Names;

    /// <summary>Why they do.</summary>
    public IReadOnlyList<SettingFault> Faults => _kept.Faults;

    /// <summary>
    /// The keys that may hold the lost part of a flag. The next reading treats them as new again, so that saving the
    /// file again changes nothing.
    /// </summary>
    public IReadOnlyCollection<NewKey> Suspects => _suspects;

    /// <summary>
    /// Whether a flag has lost a part that may come back, so that the next reading searches for it again.
    /// </summary>
    public bool IsUnsettled(string flag) => _unsettled.Contains(flag);

    private void KeepAllVanished(bool hasList)
    {
        FlagDefinition[] vanished = [.. _before.Catalog.Flags.Values.Where(IsVanished)];
        if (vanished.Length == 0)
            return;
        SettingFault? fault = null;
        if (_section.Flags.Count > 0)
            fault = new SettingFault(null, FeatureFlags,
                "has no valid flag; the last good flags stay in force. Correct the faults of one first");
        else if (!hasList)
            fault = new SettingFault(null, FeatureFlags,
                "is missing or empty; the last good flags stay in force. To remove them all, keep one or restart");
        _kept.AddAll(vanished, fault);
    }

    private bool IsVanished(FlagDefinition flag) => !_before.Catalog.BuiltIn.Contains(flag.Name) && !_section.Flags.ContainsKey(flag.Name);

    private void Judge(FlagDefinition good)
    {
        if (IsVanished(good))
            _kept.Add(good, "", WhyVanishedStays(good));
        else if (_section.Flags.TryGetValue(good.Name, out FlagReading? flag) && flag.Definition is { } written)
            Judge(good, flag, written);
    }

    private string? WhyVanishedStays(FlagDefinition flag)
    {
        if (Suspect(_newKeys.Value[flag.Name].FirstOrDefault()) is { } key)
            return $"is missing from {FeatureFlags}, but '{key.Place}' has its name; {Stays}. Move it back, or rename '{key.Place}'";
        if (flag.Priority is not null && _isOn(flag))
            return $"is missing, but it is an emergency flag that is on; {Stays}. "
                + "To end it, configure its state as disabled; then it can be removed";
        if (_children.Value[flag.Name].FirstOrDefault() is { } name)
        {
            string child = ForeignText.Quote(name);
            return $"is missing, but '{child}' still has it as its parent; {Stays} until '{child}' is corrected";
        }
        if (!_anyFault)
            return null;
        return $"is missing while another part of {SettingReader.SectionName} has a fault; {Stays}. "
            + "Correct that fault first";
    }

    private void Judge(FlagDefinition good, FlagReading flag, FlagDefinition written)
    {
        if (written is { Priority: null, State: not FlagState.Disabled } && good.Priority is not null && _isOn(good))
            _kept.Add(good, "priority",
                $"is missing, and this is an emergency flag that is on; {Stays}. To end it, configure its state as disabled");
        else if (_lost.Of(flag) is { Length: > 0 } lost)
            JudgeLost(good, written, lost);
        else if (!_before.Catalog.BuiltIn.Contains(good.Name)
            && _newParts[good.Name].FirstOrDefault() is { } key
            && !StopsMore(good, written))
        {
            Suspect(new NewKey(key.Name, null, key.Path));
            _kept.Add(good, "",
                $"has fields at '{key.Place}', outside of {FeatureFlags}; {Stays}. Move them back, or rename '{key.Place}'");
        }
    }

    // Deleting a field or an overlay is an ordinary edit, but only of a section in which nothing else is wrong.
    private void JudgeLost(FlagDefinition good, FlagDefinition written, FlagPart[] lost)
    {
        NewKey? key = Suspect(lost.Select(part => _lost.PlaceOf(good.Name, part)).FirstOrDefault(place => place is not null));
        if (key is null && !_anyFault)
            return;
        _unsettled.Add(good.Name);
        if (StopsMore(good, written) || (key is null && FlagFields.AreSame(good, written)))
            return;
        string[] paths = [.. lost.Select(part => part.Path).Distinct(StringComparer.OrdinalIgnoreCase)];
        string what = string.Join(", ", paths.Take(MaxLost).Select(path => ForeignText.Quote(path.Replace(':', '.'))))
            + (paths.Length > MaxLost ? $" and {paths.Length - MaxLost} more" : "");
        _kept.Add(good, "", key is null
            ? $"has lost {what} while another part of {SettingReader.SectionName} has a fault; {Stays}. Correct that fault first"
            : $"has lost {what}, which may be at '{key.Place}' now; {Stays}. Move it back, or rename '{key.Place}'");
    }

    private NewKey? Suspect(NewKey? key)
    {
        if (key is not null)
            _suspects.Add(key);
        return key;
    }

    // A change that switches off takes effect at once despite other faults; an emergency stays in force.
    private static bool StopsMore(FlagDefinition good, FlagDefinition written)
    {
        if (good.State == FlagState.EmergencyOff)
            return written.State == FlagState.EmergencyOff;
        if (good.Priority is { } priority)
            return written.State == FlagState.Enabled && written.Priority <= priority;
        return written is { Priority: null, State: FlagState.Disabled or FlagState.EmergencyOff }
            or { Priority: not null, State: FlagState.Enabled };
    }
}
