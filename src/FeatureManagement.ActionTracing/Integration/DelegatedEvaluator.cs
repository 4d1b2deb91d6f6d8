using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// Evaluates our flags by Microsoft.FeatureManagement, where a session manager may override the answer or telemetry is
/// published. The context is passed on, so that the variant is the same. A flag in emergency is evaluated without
/// session managers, because they could override it.
/// </summary>
internal sealed class DelegatedEvaluator(
    FlagEvaluator evaluator,
    IFeatureManager inner,
    IVariantFeatureManager innerVariants,
    Lazy<FeatureManager>? withoutSessions)
{
    private readonly bool _sessions = withoutSessions is not null;

    /// <summary>Whether an evaluation of a flag may be delegated.</summary>
    public bool MayApply(CompiledFlag flag) => _sessions || flag.Telemetry;

    /// <summary>Whether an evaluation is delegated.</summary>
    public bool Applies(in EvaluationCall call) => call.Flag.Telemetry || (_sessions && !call.IsEmergency);

    /// <summary>Evaluates for the ambient context.</summary>
    public Task<bool> IsEnabledAsync(string feature, in EvaluationCall call)
    {
        IFeatureManager manager = ManagerOf(call);
        return Observed(call, IsAnonymous(call)
            ? manager.IsEnabledAsync(feature)
            : manager.IsEnabledAsync(feature, call.Subject.ToContext()));
    }

    /// <summary>Evaluates for the ambient context.</summary>
    public ValueTask<bool> IsEnabledAsync(string feature, in EvaluationCall call, CancellationToken cancellationToken)
    {
        IVariantFeatureManager manager = VariantManagerOf(call);
        return Observed(call, IsAnonymous(call)
            ? manager.IsEnabledAsync(feature, cancellationToken)
            : manager.IsEnabledAsync(feature, call.Subject.ToContext(), cancellationToken));
    }

    /// <summary>Evaluates for a context that the caller passed.</summary>
    public Task<bool> IsEnabledAsync<TContext>(string feature, in EvaluationCall call, TContext context)
    {
        IFeatureManager manager = ManagerOf(call);
        // A context of an unknown type is passed on unchanged.
        return Observed(call, call.Subject.Key is null
            ? manager.IsEnabledAsync(feature, context)
            : manager.IsEnabledAsync(feature, call.Subject.ToContext()));
    }

    /// <summary>Evaluates for a context that the caller passed.</summary>
    public ValueTask<bool> IsEnabledAsync<TContext>(
        string feature, in EvaluationCall call, TContext context, CancellationToken cancellationToken)
    {
        IVariantFeatureManager manager = VariantManagerOf(call);
        return Observed(call, call.Subject.Key is null
            ? manager.IsEnabledAsync(feature, context, cancellationToken)
            : manager.IsEnabledAsync(feature, call.Subject.ToContext(), cancellationToken));
    }

    public ValueTask<Variant> GetVariantAsync(
        string feature, in EvaluationCall call, CancellationToken cancellationToken)
    {
        IVariantFeatureManager manager = VariantManagerOf(call);
        ValueTask<Variant> answer;
        if (IsAnonymous(call))
            answer = manager.GetVariantAsync(feature, cancellationToken);
        else
            answer = manager.GetVariantAsync(feature, call.Subject.ToContext(), cancellationToken);
        if (evaluator.IsObserved(call.Snapshot))
            return ObservedAsync(call, answer);
        return answer;
    }

    // Only a flag with telemetry comes here in emergency.
    private IFeatureManager ManagerOf(in EvaluationCall call)
    {
        if (_sessions && call.IsEmergency)
            return withoutSessions!.Value;
        return inner;
    }

    private IVariantFeatureManager VariantManagerOf(in EvaluationCall call)
    {
        if (_sessions && call.IsEmergency)
            return withoutSessions!.Value;
        return innerVariants;
    }

    // Without a context and without variants, Microsoft.FeatureManagement needs no context and publishes none.
    private static bool IsAnonymous(in EvaluationCall call) =>
        call.Flag.Variants is null && call.Subject.IsWithoutContext;

    private Task<bool> Observed(in EvaluationCall call, Task<bool> answer)
    {
        if (evaluator.IsObserved(call.Snapshot))
            return ObservedAsync(call, new ValueTask<bool>(answer)).AsTask();
        return answer;
    }

    private ValueTask<bool> Observed(in EvaluationCall call, ValueTask<bool> answer)
    {
        if (evaluator.IsObserved(call.Snapshot))
            return ObservedAsync(call, answer);
        return answer;
    }

    private async ValueTask<bool> ObservedAsync(EvaluationCall call, ValueTask<bool> answer)
    {
        bool on = await answer.ConfigureAwait(false);
        evaluator.ObserveAnswer(call, on);
        return on;
    }

    private async ValueTask<Variant> ObservedAsync(EvaluationCall call, ValueTask<Variant> answer)
    {
        Variant variant = await answer.ConfigureAwait(false);
        evaluator.ObserveVariant(call, variant);
        return variant;
    }
}
