using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>
/// Merges the written flags with the last good ones. Each flag is independent: a valid one takes effect, an invalid one
/// keeps its last good definition. Parents connect flags: a kept flag may need a removed flag, and a valid flag may
/// have to wait for an invalid one. In the result, all parents exist and have no cycles.
/// </summary>
internal sealed class CatalogMerge
{
    private readonly FlagCatalog? _before;
    private readonly Dictionary<string, FlagDefinition> _flags = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingFault> _faults = [];
    private readonly Queue<string> _toCheck = new();
    private ILookup<string, string>? _children;

    private CatalogMerge(FlagCatalog? before) => _before = before;

    /// <param name="before">The last good catalog; null at the start.</param>
    /// <param name="reading">What is written.</param>
    /// <param name="broken">The flags that break a rule between flags.</param>
    /// <param name="builtIn">The built-in flags of the environment.</param>
    /// <param name="kept">The flags that keep their last good definition.</param>
    /// <returns>
    /// The new catalog, the old one itself where nothing changed, and the faults of flags that keep an older definition.
    /// </returns>
    public static (FlagCatalog Catalog, IReadOnlyList<SettingFault> Faults) Merge(
        FlagCatalog? before,
        SectionReading reading,
        IReadOnlySet<string> broken,
        FrozenDictionary<string, FlagDefinition> builtIn,
        IReadOnlyCollection<string> kept)
    {
        var merge = new CatalogMerge(before);
        merge.Choose(reading, broken, builtIn);
        foreach (string name in kept)
            merge._flags[name] = before!.Flags[name]; // what is kept was there before
        merge.ResolveParents();
        var catalog = new FlagCatalog
        {
            Flags = before is not null && merge.IsSame(before) ? before.Flags : merge._flags,
            BuiltIn = before is not null && merge.IsSame(before) ? before.BuiltIn : merge.UnchangedNames(builtIn),
            Settings = Choose(before?.Settings, reading.IsEmpty ? null : reading.Settings),
            TraceOutput = Choose(before?.TraceOutput, reading.IsEmpty ? null : reading.TraceOutput),
        };
        bool same = before is not null
            && ReferenceEquals(catalog.Flags, before.Flags)
            && ReferenceEquals(catalog.Settings, before.Settings)
            && ReferenceEquals(catalog.TraceOutput, before.TraceOutput);
        return (same ? before! : catalog, merge._faults);
    }

    private static T Choose<T>(T? good, T? written) where T : class, new()
    {
        if (written is null || written.Equals(good))
            return good ?? new();
        return written;
    }

    private void Choose(SectionReading reading, IReadOnlySet<string> broken, FrozenDictionary<string, FlagDefinition> builtIn)
    {
        foreach ((string name, FlagDefinition flag) in builtIn)
            _flags[name] = flag;
        foreach ((string name, FlagReading flag) in reading.Flags)
        {
            FlagDefinition? good = _before?.Flags.GetValueOrDefault(name);
            FlagDefinition? written = flag.Definition;
            if (broken.Contains(name))
                written = null;
            // Equal content keeps the same object, so that a reference comparison shows the changes.
            bool keep = written is null
                || (good is not null
                    && FlagFields.AreSame(good, written)
                    && !ReferenceEquals(good, builtIn.GetValueOrDefault(name)));
            if ((keep ? good : written) is { } chosen)
                _flags[name] = chosen;
        }
    }

    private void ResolveParents()
    {
        foreach (string name in _flags.Keys)
            _toCheck.Enqueue(name);
        while (_toCheck.Count > 0)
        {
            while (_toCheck.TryDequeue(out string? name))
                CheckParent(name);
            // What is written has no cycles but those of broken flags; a last good definition may close one with a new
            // definition.
            foreach (List<string> cycle in ParentCycles.Find(_flags.Keys, name => _flags[name].Parent))
            {
                string text =
                    $"makes a cycle with a last good definition: {ParentCycles.Print(cycle)}; correct the other flags first";
                foreach (string name in cycle.Where(name => !IsLastGood(name)))
                    HoldBack(name, text);
            }
        }
    }

    private void CheckParent(string name)
    {
        if (!_flags.TryGetValue(name, out FlagDefinition? flag) || flag.Parent is not { } parent || _flags.ContainsKey(parent))
            return;
        if (!IsLastGood(name))
        {
            HoldBack(name, $"is {ForeignText.Quote(parent)}, which has no valid definition; correct that flag first");
            return;
        }
        // In the catalog from which this flag is kept, every parent is there.
        FlagDefinition kept = _before!.Flags[parent];
        _flags[kept.Name] = kept;
        string child = ForeignText.Quote(flag.Name);
        _faults.Add(new SettingFault(kept.Name, "",
            $"is missing, but '{child}' still has it as its parent; its last good definition stays in force until '{child}' is corrected"));
        _toCheck.Enqueue(kept.Name);
    }

    private void HoldBack(string name, string text)
    {
        _faults.Add(new SettingFault(_flags[name].Name, "parent", text));
        if (_before is not null && _before.Flags.TryGetValue(name, out FlagDefinition? good))
        {
            _flags[name] = good;
            _toCheck.Enqueue(name);
            return;
        }
        _children ??= _flags.Values
            .Where(flag => flag.Parent is not null)
            .ToLookup(flag => flag.Parent!, flag => flag.Name, StringComparer.OrdinalIgnoreCase);
        _flags.Remove(name);
        foreach (string child in _children[name])
            _toCheck.Enqueue(child);
    }

    private bool IsLastGood(string name) =>
        _before is not null && _before.Flags.TryGetValue(name, out FlagDefinition? good) && ReferenceEquals(good, _flags[name]);

    private FrozenSet<string> UnchangedNames(FrozenDictionary<string, FlagDefinition> builtIn) =>
        builtIn.Keys.Where(name => ReferenceEquals(_flags[name], builtIn[name])).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private bool IsSame(FlagCatalog before) => before.Flags.Count == _flags.Count && _flags.Keys.All(IsLastGood);
}
