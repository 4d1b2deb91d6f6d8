using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>
/// All flags at one moment, prepared for evaluation. Immutable: a change creates a new snapshot that shares the
/// unchanged flags.
/// </summary>
internal sealed class FlagSnapshot
{
    private readonly FlagIndex _index;
    private readonly CompiledFlag[] _flags;
    private readonly bool _development;

    // For rule 2. Evaluation skips the rule if no flag is in emergency and no emergency flag can be on.
    private readonly int _inEmergency;
    private readonly ImmutableArray<int> _priorities;
    private readonly CompiledFlag[] _emergencyFlags;
    private readonly bool _anyEmergency;

    /// <summary>For <see cref="SnapshotCompiler"/>.</summary>
    public FlagSnapshot(
        FlagIndex index, CompiledFlag[] flags, bool development, ImmutableArray<int> priorities, int inEmergency, bool audited)
    {
        IsAudited = audited;
        _index = index;
        _flags = flags;
        _development = development;
        _priorities = priorities;
        _inEmergency = inEmergency;
        if (priorities.IsEmpty)
            _emergencyFlags = [];
        else
            _emergencyFlags = [.. priorities.Select(place => flags[place]).Where(flag => flag.CanBeOn).OrderBy(flag => flag.Priority)];
        _anyEmergency = inEmergency > 0 || _emergencyFlags.Length > 0;
    }

    public ReadOnlySpan<CompiledFlag> Flags => _flags;

    public FlagIndex Index => _index;

    public IReadOnlyList<string> Names => _index.Names;

    /// <summary>Whether the host environment is Development.</summary>
    public bool IsDevelopment => _development;

    /// <summary>Whether evaluations are audited.</summary>
    public bool IsAudited { get; }

    /// <summary>Whether any flag may be off because of an emergency.</summary>
    public bool AnyEmergency => _anyEmergency;

    /// <summary>
    /// The snapshot with one flag changed. The flag exists, and its parent and priority are as they were.
    /// </summary>
    public FlagSnapshot With(EffectiveFlag flag)
    {
        int place = _index.Find(flag.Definition.Name);
        CompiledFlag before = _flags[place];
        var after = new CompiledFlag(flag, before.Parent, _development, before);
        var flags = (CompiledFlag[])_flags.Clone();
        flags[place] = after;
        int inEmergency = _inEmergency + (after.InEmergency ? 1 : 0) - (before.InEmergency ? 1 : 0);
        return new FlagSnapshot(_index, flags, _development, _priorities, inEmergency, IsAudited);
    }

    /// <summary>The index of a flag in <see cref="Flags"/>, or -1.</summary>
    public int PlaceOf(string name) => _index.Find(name);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(string name, [NotNullWhen(true)] out CompiledFlag? flag)
    {
        int place = _index.Find(name);
        if (place < 0)
            flag = null;
        else
            flag = _flags[place];
        return flag is not null;
    }

    public CompiledFlag? Find(string name)
    {
        if (TryFind(name, out CompiledFlag? flag))
            return flag;
        return null;
    }

    /// <summary>Whether the answer may depend on the context, or an observer needs the context.</summary>
    public bool NeedsContext(CompiledFlag flag) => !flag.IsFixed || NeedsOthers(flag) || IsAudited || flag.Observers.Rollout is not null;

    /// <summary>
    /// The same, exactly: false also where parents and emergency flags give the same answer for every context. Slower
    /// than <see cref="NeedsContext"/>.
    /// </summary>
    public bool DependsOnContext(CompiledFlag flag)
    {
        if (IsAudited || flag.Observers.Rollout is not null || flag.Variants is { Variants.Count: > 1 } && CanBeOn(flag))
            return true;
        foreach (CompiledFlag emergency in _emergencyFlags)
            if (emergency.Priority < flag.Priority && !IsFixedWithParents(emergency))
                return true;
        return !IsFixedWithParents(flag);
    }

    /// <summary>Whether the answer may depend on other flags.</summary>
    public bool NeedsOthers(CompiledFlag flag) => flag.Parent >= 0 || _anyEmergency;

    /// <summary>Why the flag is on or off, by the rules of docs/evaluation.md. All evaluations call this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EvaluationReason Decide(CompiledFlag flag, in Subject subject)
    {
        if (NeedsOthers(flag))
            return DecideWithOthers(flag, subject);
        return flag.Alone(subject);
    }

    /// <summary>The same, with the other flag that decided, or null.</summary>
    public EvaluationReason Decide(CompiledFlag flag, in Subject subject, out CompiledFlag? decidedBy)
    {
        decidedBy = null;
        if (_anyEmergency && Emergency(flag, subject, out decidedBy) is { } emergency)
            return emergency;
        if (flag.Parent < 0)
            return flag.Alone(subject);
        if (flag.IsDisabled)
            decidedBy = null;
        else
            decidedBy = OffAncestor(flag, subject);
        if (decidedBy is null)
            return flag.Alone(subject);
        return EvaluationReason.ParentOff;
    }

    /// <summary>
    /// Rule 2: <see cref="EvaluationReason.Emergency"/> or <see cref="EvaluationReason.EmergencyFlag"/> where it
    /// applies, else null.
    /// </summary>
    public EvaluationReason? Emergency(CompiledFlag flag, in Subject subject, out CompiledFlag? decidedBy)
    {
        decidedBy = null;
        if (_inEmergency > 0)
            for (CompiledFlag? current = flag; current is not null; current = ParentOf(current))
                if (current.InEmergency)
                {
                    if (ReferenceEquals(current, flag))
                        decidedBy = null;
                    else
                        decidedBy = current;
                    return EvaluationReason.Emergency;
                }

        decidedBy = EmergencyFlagAbove(flag.Priority, subject);
        if (decidedBy is null)
            return null;
        return EvaluationReason.EmergencyFlag;
    }

    /// <summary>Whether any emergency flag is on.</summary>
    public bool IsEmergencyFlagOn(in Subject subject) => EmergencyFlagAbove(int.MaxValue, subject) is not null;

    public CompiledFlag? ParentOf(CompiledFlag flag)
    {
        if (flag.Parent < 0)
            return null;
        return _flags[flag.Parent];
    }

    /// <summary>Whether the flag can be on for any context.</summary>
    public bool CanBeOn(CompiledFlag flag)
    {
        for (CompiledFlag? current = flag; current is not null; current = ParentOf(current))
            if (!current.CanBeOn)
                return false;
        foreach (CompiledFlag emergency in _emergencyFlags)
            if (emergency.Priority < flag.Priority && IsOnForAll(emergency))
                return false;
        return true;
    }

    // By value, so that the inlined common case can keep the subject in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private EvaluationReason DecideWithOthers(CompiledFlag flag, Subject subject) => Decide(flag, subject, out _);

    private CompiledFlag? EmergencyFlagAbove(int priority, in Subject subject)
    {
        // The first that is on decides. A flag of a higher priority would have come before it.
        foreach (CompiledFlag emergency in _emergencyFlags)
        {
            if (emergency.Priority >= priority)
                break;
            if (emergency.Alone(subject).IsOn() && OffAncestor(emergency, subject) is null)
                return emergency;
        }
        return null;
    }

    private bool IsFixedWithParents(CompiledFlag flag)
    {
        for (CompiledFlag? current = flag; current is not null; current = ParentOf(current))
        {
            if (!current.IsFixed)
                return false;
            if (!current.CanBeOn)
                return true; // off for every context and all parents
        }
        return true;
    }

    private bool IsOnForAll(CompiledFlag flag)
    {
        for (CompiledFlag? current = flag; current is not null; current = ParentOf(current))
            if (!current.IsFixed || !current.CanBeOn)
                return false;
        return true;
    }

    private CompiledFlag? OffAncestor(CompiledFlag flag, in Subject subject)
    {
        for (int place = flag.Parent; place >= 0;)
        {
            CompiledFlag ancestor = _flags[place];
            if (!ancestor.Alone(subject).IsOn())
                return ancestor;
            place = ancestor.Parent;
        }
        return null;
    }
}
