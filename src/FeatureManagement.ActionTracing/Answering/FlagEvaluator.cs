using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Answering;

/// <summary>Answers for a flag of a snapshot and tells whoever wants to know. Every way in ends here.</summary>
internal sealed class FlagEvaluator(SnapshotSource source, EvaluationMetrics metrics, IOptions<TargetingEvaluationOptions> targeting, AmbientAction action, EvaluationQueue audit)
{
    private readonly Counter<long> _evaluations = metrics.Evaluations; // one step nearer, for it is asked at every evaluation
    private readonly bool _ignoreCase = targeting.Value.IgnoreCase;

    public FlagSnapshot Snapshot => source.Current;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOn(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
    {
        EvaluationReason reason = snapshot.Decide(flag, subject);
        bool on = reason.IsOn();
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, flag, on);
        if (action.IsObserved)
            action.Evaluated(flag, subject.Key, reason);
        if (snapshot.IsAudited)
            audit.Add(flag, subject.Key, on, reason, null);
        return on;
    }

    /// <summary>The index of the variant, or -1 where the flag is off or has none.</summary>
    public int Variant(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
    {
        EvaluationReason reason = snapshot.Decide(flag, subject);
        bool on = reason.IsOn();
        int variant = on ? Assign(flag, subject) : -1;
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, flag, on);
        if (action.IsObserved)
        {
            action.Evaluated(flag, subject.Key, reason, variant);
            // Only who is given the variant is exposed to it; who is told about it is not.
            if (variant >= 0)
                flag.Observers.Experiment?.Expose(flag.Variants!, subject.Key, variant);
        }
        if (snapshot.IsAudited)
            audit.Add(flag, subject.Key, on, reason, variant < 0 ? null : flag.Variants!.NameOf(variant));
        return variant;
    }

    /// <summary>Whether somebody wants to know of answers that the library gives for us.</summary>
    public bool IsHeard(FlagSnapshot snapshot) => _evaluations.Enabled || action.IsObserved || snapshot.IsAudited;

    /// <summary>Tells of an answer that the library gave.</summary>
    public void Gave(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, bool on)
    {
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, flag, on);
        if (snapshot.IsAudited)
            AuditGiven(snapshot, flag, subject, on, null);
    }

    /// <summary>Tells of a variant that the library gave, or of null.</summary>
    public void Gave(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, Variant? variant)
    {
        // A session manager may have had its way, and only the answer shows it: a flag with variants that is on always gives one.
        bool on = flag.Variants is null ? snapshot.Decide(flag, subject).IsOn() : variant is not null;
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, flag, on);
        if (action.IsObserved && flag.Variants is { } variants && variants.PlaceOf(variant?.Name) is >= 0 and var place)
            flag.Observers.Experiment?.Expose(variants, subject.Key, place);
        if (snapshot.IsAudited)
            AuditGiven(snapshot, flag, subject, on, variant?.Name);
    }

    /// <summary>Answers with the reason.</summary>
    public FlagEvaluation Evaluate(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
    {
        FlagEvaluation evaluation = Explain(snapshot, flag, subject);
        if (action.IsObserved)
            action.Evaluated(flag, subject.Key, evaluation.Reason, flag.Variants?.PlaceOf(evaluation.Variant) ?? -1);
        if (snapshot.IsAudited)
            audit.Add(flag, subject.Key, evaluation.Enabled, evaluation.Reason, evaluation.Variant);
        return evaluation;
    }

    /// <summary>What the answer would be, and why, without telling anybody.</summary>
    public FlagEvaluation Explain(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
    {
        EvaluationReason reason = snapshot.Decide(flag, subject, out CompiledFlag? decidedBy);
        int variant = reason.IsOn() ? Assign(flag, subject) : -1;
        EffectiveFlag effective = flag.Effective;
        return new FlagEvaluation
        {
            Flag = flag.Name,
            Enabled = reason.IsOn(),
            Variant = variant < 0 ? null : flag.Variants!.NameOf(variant),
            Reason = reason,
            DecidedBy = decidedBy?.Name,
            State = effective.Definition.State,
            StateSource = effective.StateSource,
            Percentage = effective.Definition.Percentage,
            PercentageSource = effective.PercentageSource,
        };
    }

    // A session manager may have had its way.
    private void AuditGiven(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, bool on, string? variant)
    {
        EvaluationReason reason = snapshot.Decide(flag, subject);
        audit.Add(flag, subject.Key, on, reason.IsOn() == on ? reason : null, variant);
    }

    private int Assign(CompiledFlag flag, in Subject subject) =>
        flag.Variants is { } variants && subject.Key is { } key ? variants.Assign(key, _ignoreCase, source.Memo) : -1;
}
