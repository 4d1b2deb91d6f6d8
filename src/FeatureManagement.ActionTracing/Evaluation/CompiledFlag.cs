using System.Collections.Frozen;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>
/// A flag prepared for evaluation: everything that does not depend on the context is decided here. Immutable, except
/// that its <see cref="Observers"/>, which all versions of the flag share, begin and end with rollouts and experiments.
/// </summary>
internal sealed class CompiledFlag
{
    private readonly Rule _rule;
    private readonly EvaluationReason _fixed;
    private readonly ulong _threshold;
    private readonly bool _everybody;
    private readonly long _seed;
    private readonly FrozenSet<string>? _whitelist;
    private readonly FrozenSet<string>? _groups;

    /// <summary>
    /// Prepares a flag. Unchanged parts come from <paramref name="previous"/>, the same flag before the change.
    /// </summary>
    public CompiledFlag(EffectiveFlag flag, int parent, bool development, CompiledFlag? previous = null)
    {
        FlagDefinition definition = flag.Definition;
        Effective = flag;
        Parent = parent;
        Priority = definition.Priority ?? int.MaxValue;
        InEmergency = definition.State == FlagState.EmergencyOff;
        Telemetry = definition.Telemetry;
        Observers = previous?.Observers ?? new FlagObservers();
        _seed = previous?._seed ?? Bucket.Seed(definition.Name);
        _threshold = Bucket.Threshold(definition.Percentage);
        _everybody = definition.Percentage == 100;
        FlagDefinition? before = previous?.Definition;
        if (ReferenceEquals(before?.Whitelist, definition.Whitelist))
            _whitelist = previous!._whitelist;
        else
            _whitelist = SetOf(definition.Whitelist);
        if (ReferenceEquals(before?.Groups, definition.Groups))
            _groups = previous!._groups;
        else
            _groups = SetOf(definition.Groups);
        if (ReferenceEquals(before?.Variants, definition.Variants))
            Variants = previous!.Variants;
        else
            Variants = VariantTable.Of(definition);

        (_rule, _fixed) = definition.State switch
        {
            FlagState.EmergencyOff => (Rule.Fixed, EvaluationReason.Emergency),
            FlagState.Disabled => (Rule.Fixed, EvaluationReason.Disabled),
            _ when parent < 0 && definition.Parent is not null => (Rule.Fixed, EvaluationReason.ParentOff),
            FlagState.Development => (Rule.Fixed, development ? EvaluationReason.Development : EvaluationReason.NotDevelopment),
            FlagState.Enabled => (Rule.Fixed, EvaluationReason.Enabled),
            _ when _whitelist is not null && _groups is null && _threshold == 0 => (Rule.List, default(EvaluationReason)),
            _ when _whitelist is not null || _groups is not null => (Rule.ListThenBucket, default),
            _ when _everybody => (Rule.Fixed, EvaluationReason.InPercentage),
            _ when _threshold == 0 => (Rule.Fixed, EvaluationReason.OutsidePercentage),
            _ => (Rule.Bucket, default(EvaluationReason)),
        };
    }

    private enum Rule : byte
    {
        Fixed,
        Bucket,
        List,
        ListThenBucket,
    }

    public EffectiveFlag Effective { get; }

    public FlagDefinition Definition => Effective.Definition;

    public string Name => Effective.Definition.Name;

    /// <summary>The index of the parent in the snapshot, or -1.</summary>
    public int Parent { get; }

    /// <summary>The flag's priority; the largest number for ordinary flags.</summary>
    public int Priority { get; }

    public bool InEmergency { get; }

    public bool Telemetry { get; }

    public bool IsDisabled => Definition.State == FlagState.Disabled;

    public VariantTable? Variants { get; }

    /// <summary>The rollout and the experiment that observe the flag's answers.</summary>
    public FlagObservers Observers { get; }

    /// <summary>A bucket is on when its hash lies below this.</summary>
    public ulong Threshold => _threshold;

    /// <summary>Whether the flag's own rule gives the same answer for every context.</summary>
    public bool IsFixed => _rule == Rule.Fixed;

    /// <summary>Whether the flag's own rule can turn it on for any context.</summary>
    public bool CanBeOn => _rule != Rule.Fixed || _fixed.IsOn();

    /// <summary>The answer of the flag's own rule: without its parents and without emergency flags.</summary>
    public EvaluationReason Alone(in Subject subject)
    {
        if (_rule == Rule.Fixed)
            return _fixed;
        if (subject.Key is not { } key)
            return EvaluationReason.UnknownContext;
        if (_rule == Rule.List)
            return _whitelist!.Contains(subject.Identity) ? EvaluationReason.Whitelisted : EvaluationReason.OutsidePercentage;
        if (_rule == Rule.ListThenBucket)
        {
            if (_whitelist is not null && _whitelist.Contains(subject.Identity))
                return EvaluationReason.Whitelisted;
            if (_groups is not null && subject.Groups is not null && Listed(subject.Groups))
                return EvaluationReason.GroupListed;
            if (_everybody)
                return EvaluationReason.InPercentage;
            if (_threshold == 0)
                return EvaluationReason.OutsidePercentage;
        }
        // Computed without a branch, because the outcome is random and a branch predictor would often fail.
        int inside = Convert.ToInt32(Bucket.Hash(key, _seed) < _threshold);
        return EvaluationReason.OutsidePercentage + inside * (EvaluationReason.InPercentage - EvaluationReason.OutsidePercentage);
    }

    private static FrozenSet<string>? SetOf(IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return null;
        return values.ToFrozenSet(StringComparer.Ordinal);
    }

    private bool Listed(IEnumerable<string> groups)
    {
        // Lists of every kind, also those of collection expressions, are enumerated without an allocation.
        if (groups is IReadOnlyList<string> list)
        {
            for (int i = 0; i < list.Count; i++)
                if (list[i] is { } group && _groups!.Contains(group))
                    return true;
            return false;
        }
        foreach (string group in groups)
            if (group is not null && _groups!.Contains(group))
                return true;
        return false;
    }
}
