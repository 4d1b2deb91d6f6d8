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

/// <summary>Evaluates a flag of a snapshot and notifies observers. All evaluations end here.</summary>
internal sealed class FlagEvaluator(
    SnapshotSource source,
    EvaluationMetrics metrics,
    IOptions<TargetingEvaluationOptions> targeting,
    AmbientAction action,
    EvaluationQueue audit)
{
    private readonly Counter<long> _evaluations = metrics.Evaluations; // a copy, because every evaluation reads it
    private readonly bool _ignoreCase = targeting.Value.IgnoreCase;

    public FlagSnapshot Snapshot => source.Current;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOn(in EvaluationCall call)
    {
        EvaluationReason reason = call.Decide();
        bool on = reason.IsOn();
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, call.Flag, on);
        if (action.IsObserved)
            action.Evaluated(call.Flag, call.Subject.Key, reason);
        if (call.Snapshot.IsAudited)
            audit.Add(call.Flag, call.Subject.Key, on, reason, null);
        return on;
    }

    /// <summary>The index of the variant, or -1 where the flag is off or has none.</summary>
    public int Variant(in EvaluationCall call)
    {
        CompiledFlag flag = call.Flag;
        EvaluationReason reason = call.Decide();
        bool on = reason.IsOn();
        int variant = -1;
        if (on)
            variant = Assign(call);
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, flag, on);
        if (action.IsObserved)
        {
            action.Evaluated(flag, call.Subject.Key, reason, variant);
            // Only a caller that receives the variant is exposed to it; an explanation exposes nobody.
            if (variant >= 0)
                flag.Observers.Experiment?.Expose(flag.Variants!, call.Subject.Key, variant);
        }
        if (call.Snapshot.IsAudited)
            audit.Add(flag, call.Subject.Key, on, reason, variant < 0 ? null : flag.Variants!.NameOf(variant));
        return variant;
    }

    /// <summary>Whether observers need the answers that Microsoft.FeatureManagement computes.</summary>
    public bool IsObserved(FlagSnapshot snapshot) => _evaluations.Enabled || action.IsObserved || snapshot.IsAudited;

    /// <summary>Notifies observers of an answer that Microsoft.FeatureManagement computed.</summary>
    public void ObserveAnswer(in EvaluationCall call, bool on)
    {
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, call.Flag, on);
        if (call.Snapshot.IsAudited)
            AuditAnswer(call, on, null);
    }

    /// <summary>Notifies observers of a variant, or null, that Microsoft.FeatureManagement computed.</summary>
    public void ObserveVariant(in EvaluationCall call, Variant? variant)
    {
        CompiledFlag flag = call.Flag;
        // A session manager may override the answer, and only the variant shows it: a flag with variants that is on
        // always has one.
        bool on = flag.Variants is null ? call.Decide().IsOn() : variant is not null;
        if (_evaluations.Enabled)
            EvaluationMetrics.Count(_evaluations, flag, on);
        if (action.IsObserved && flag.Variants is { } variants && variants.PlaceOf(variant?.Name) is >= 0 and var place)
            flag.Observers.Experiment?.Expose(variants, call.Subject.Key, place);
        if (call.Snapshot.IsAudited)
            AuditAnswer(call, on, variant?.Name);
    }

    /// <summary>Evaluates with the reason.</summary>
    public FlagEvaluation Evaluate(in EvaluationCall call)
    {
        CompiledFlag flag = call.Flag;
        FlagEvaluation evaluation = Explain(call);
        if (action.IsObserved)
            action.Evaluated(flag, call.Subject.Key, evaluation.Reason, flag.Variants?.PlaceOf(evaluation.Variant) ?? -1);
        if (call.Snapshot.IsAudited)
            audit.Add(flag, call.Subject.Key, evaluation.IsEnabled, evaluation.Reason, evaluation.Variant);
        return evaluation;
    }

    /// <summary>The answer and its reason, without notifying observers.</summary>
    public FlagEvaluation Explain(in EvaluationCall call)
    {
        CompiledFlag flag = call.Flag;
        EvaluationReason reason = call.Snapshot.Decide(flag, call.Subject, out CompiledFlag? decidedBy);
        int variant = -1;
        if (reason.IsOn())
            variant = Assign(call);
        EffectiveFlag effective = flag.Effective;
        return new FlagEvaluation
        {
            Flag = flag.Name,
            IsEnabled = reason.IsOn(),
            Variant = variant < 0 ? null : flag.Variants!.NameOf(variant),
            Reason = reason,
            DecidedBy = decidedBy?.Name,
            State = effective.Definition.State,
            StateSource = effective.StateSource,
            Percentage = effective.Definition.Percentage,
            PercentageSource = effective.PercentageSource,
        };
    }

    // A session manager may have overridden the answer.
    private void AuditAnswer(in EvaluationCall call, bool on, string? variant)
    {
        EvaluationReason reason = call.Decide();
        audit.Add(call.Flag, call.Subject.Key, on, reason.IsOn() == on ? reason : null, variant);
    }

    private int Assign(in EvaluationCall call)
    {
        if (call.Flag.Variants is { } variants && call.Subject.Key is { } key)
            return variants.Assign(key, _ignoreCase, source.Memo);
        return -1;
    }
}
