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
    FlagEvaluator evaluator, IFeatureManager inner, IVariantFeatureManager innerVariants,
    Lazy<FeatureManager>? withoutSessions)
{
    private readonly bool _sessions = withoutSessions is not null;

    /// <summary>Whether an evaluation of a flag may be delegated.</summary>
    public bool MayApply(CompiledFlag flag) => _sessions || flag.Telemetry;

    /// <summary>Whether an evaluation is delegated.</summary>
    public bool Applies(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject) =>
        flag.Telemetry || _sessions && !IsEmergency(snapshot, flag, subject);

    /// <summary>Evaluates for the ambient context.</summary>
    public Task<bool> IsEnabledAsync(string feature, FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
    {
        IFeatureManager manager = _sessions && IsEmergency(snapshot, flag, subject) ? withoutSessions!.Value : inner;
        return Observed(snapshot, flag, subject, IsAnonymous(flag, subject)
            ? manager.IsEnabledAsync(feature)
            : manager.IsEnabledAsync(feature, subject.ToContext()));
    }

    /// <summary>Evaluates for the ambient context.</summary>
    public ValueTask<bool> IsEnabledAsync(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, in Subject subject,
        CancellationToken cancellationToken)
    {
        IVariantFeatureManager manager = _sessions && IsEmergency(snapshot, flag, subject) ? withoutSessions!.Value : innerVariants;
        return Observed(snapshot, flag, subject, IsAnonymous(flag, subject)
            ? manager.IsEnabledAsync(feature, cancellationToken)
            : manager.IsEnabledAsync(feature, subject.ToContext(), cancellationToken));
    }

    /// <summary>Evaluates for a context that the caller passed.</summary>
    public Task<bool> IsEnabledAsync<TContext>(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, TContext context)
    {
        IFeatureManager manager = _sessions && IsEmergency(snapshot, flag, subject) ? withoutSessions!.Value : inner;
        // A context of an unknown type is passed on unchanged.
        return Observed(snapshot, flag, subject, subject.Key is null
            ? manager.IsEnabledAsync(feature, context)
            : manager.IsEnabledAsync(feature, subject.ToContext()));
    }

    /// <summary>Evaluates for a context that the caller passed.</summary>
    public ValueTask<bool> IsEnabledAsync<TContext>(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, TContext context, CancellationToken cancellationToken)
    {
        IVariantFeatureManager manager = _sessions && IsEmergency(snapshot, flag, subject) ? withoutSessions!.Value : innerVariants;
        return Observed(snapshot, flag, subject, subject.Key is null
            ? manager.IsEnabledAsync(feature, context, cancellationToken)
            : manager.IsEnabledAsync(feature, subject.ToContext(), cancellationToken));
    }

    public ValueTask<Variant> GetVariantAsync(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, in Subject subject,
        CancellationToken cancellationToken)
    {
        IVariantFeatureManager manager = _sessions && IsEmergency(snapshot, flag, subject) ? withoutSessions!.Value : innerVariants;
        ValueTask<Variant> answer = IsAnonymous(flag, subject)
            ? manager.GetVariantAsync(feature, cancellationToken)
            : manager.GetVariantAsync(feature, subject.ToContext(), cancellationToken);
        return evaluator.IsObserved(snapshot) ? ObservedAsync(snapshot, flag, subject, answer) : answer;
    }

    private static bool IsEmergency(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject) =>
        snapshot.AnyEmergency && snapshot.Emergency(flag, subject, out _) is not null;

    // Without a context and without variants, Microsoft.FeatureManagement needs no context and publishes none.
    private static bool IsAnonymous(CompiledFlag flag, in Subject subject) => flag.Variants is null && subject.IsWithoutContext;

    private Task<bool> Observed(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, Task<bool> answer) =>
        evaluator.IsObserved(snapshot) ? ObservedAsync(snapshot, flag, subject, new ValueTask<bool>(answer)).AsTask() : answer;

    private ValueTask<bool> Observed(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, ValueTask<bool> answer) =>
        evaluator.IsObserved(snapshot) ? ObservedAsync(snapshot, flag, subject, answer) : answer;

    private async ValueTask<bool> ObservedAsync(FlagSnapshot snapshot, CompiledFlag flag, Subject subject, ValueTask<bool> answer)
    {
        bool on = await answer.ConfigureAwait(false);
        evaluator.ObserveAnswer(snapshot, flag, subject, on);
        return on;
    }

    private async ValueTask<Variant> ObservedAsync(FlagSnapshot snapshot, CompiledFlag flag, Subject subject, ValueTask<Variant> answer)
    {
        Variant variant = await answer.ConfigureAwait(false);
        evaluator.ObserveVariant(snapshot, flag, subject, variant);
        return variant;
    }
}
