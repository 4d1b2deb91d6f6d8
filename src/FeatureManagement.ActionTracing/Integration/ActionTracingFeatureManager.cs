using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// Decorates the managers of Microsoft.FeatureManagement: evaluates our flags from the snapshot. It forwards all other
/// features, and our flags where Microsoft.FeatureManagement must see the call (<see cref="DelegatedEvaluator"/>).
/// </summary>
internal sealed class ActionTracingFeatureManager(
    SnapshotSource source,
    FlagEvaluator evaluator,
    AmbientContext ambient,
    EvaluationWarnings warnings,
    IFeatureManager inner,
    IVariantFeatureManager innerVariants,
    DelegatedEvaluator delegated) : IFeatureManager, IVariantFeatureManager
{
    // A generic call through an interface is slow, so the class of Microsoft.FeatureManagement is called directly where
    // it is the inner manager.
    private readonly FeatureManager? _microsoft = ReferenceEquals(inner, innerVariants) ? inner as FeatureManager : null;

    public Task<bool> IsEnabledAsync(string feature)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return inner.IsEnabledAsync(feature);
        if (!TryGetCall(snapshot, flag, out EvaluationCall call, out Task<Subject>? subjectTask))
            return AwaitAsync(feature, snapshot, flag, subjectTask, CancellationToken.None);
        if (delegated.Applies(call))
            return delegated.IsEnabledAsync(feature, call);
        return Answers.Of(evaluator.IsOn(call));
    }

    public ValueTask<bool> IsEnabledAsync(string feature, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.IsEnabledAsync(feature, cancellationToken);
        if (!TryGetCall(snapshot, flag, out EvaluationCall call, out Task<Subject>? subjectTask))
            return new ValueTask<bool>(AwaitAsync(feature, snapshot, flag, subjectTask, cancellationToken));
        if (delegated.Applies(call))
            return delegated.IsEnabledAsync(feature, call, cancellationToken);
        return new ValueTask<bool>(evaluator.IsOn(call));
    }

    public Task<bool> IsEnabledAsync<TContext>(string feature, TContext context)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return _microsoft?.IsEnabledAsync(feature, context) ?? inner.IsEnabledAsync(feature, context);
        if (context is FeatureFlagContext ours && !delegated.MayApply(flag))
            return Answers.Of(evaluator.IsOn(new EvaluationCall(snapshot, flag, new Subject(ours))));
        return IsEnabledAsync(feature, snapshot, flag, context);
    }

    public ValueTask<bool> IsEnabledAsync<TContext>(string feature, TContext context, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return _microsoft?.IsEnabledAsync(feature, context, cancellationToken)
                ?? innerVariants.IsEnabledAsync(feature, context, cancellationToken);
        if (context is FeatureFlagContext ours && !delegated.MayApply(flag))
            return new ValueTask<bool>(evaluator.IsOn(new EvaluationCall(snapshot, flag, new Subject(ours))));
        return IsEnabledAsync(feature, snapshot, flag, context, cancellationToken);
    }

    public ValueTask<Variant> GetVariantAsync(string feature, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.GetVariantAsync(feature, cancellationToken);
        if (ambient.TryGet(out Subject subject, out Task<Subject>? subjectTask))
            return GetVariantAsync(feature, new EvaluationCall(snapshot, flag, subject), cancellationToken);
        return AwaitVariantAsync(feature, snapshot, flag, subjectTask, cancellationToken);
    }

    public ValueTask<Variant> GetVariantAsync(string feature, ITargetingContext context, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.GetVariantAsync(feature, context, cancellationToken);
        if (context is FeatureFlagContext ours && !delegated.MayApply(flag))
            return new ValueTask<Variant>(VariantOf(new EvaluationCall(snapshot, flag, new Subject(ours)))!);
        return GetVariantAsync(feature, new EvaluationCall(snapshot, flag, Subject.From(context)), cancellationToken);
    }

    public IAsyncEnumerable<string> GetFeatureNamesAsync() => inner.GetFeatureNamesAsync();

    public IAsyncEnumerable<string> GetFeatureNamesAsync(CancellationToken cancellationToken) =>
        innerVariants.GetFeatureNamesAsync(cancellationToken);

    private bool TryGetCall(FlagSnapshot snapshot, CompiledFlag flag, out EvaluationCall call, out Task<Subject> subjectTask)
    {
        bool needed = snapshot.NeedsContext(flag);
        Subject subject = Subject.WithoutContext;
        subjectTask = null!;
        bool known = true;
        if (needed || delegated.MayApply(flag))
            known = ambient.TryGet(out subject, out subjectTask!, warn: needed);
        call = new EvaluationCall(snapshot, flag, subject);
        return known;
    }

    private Subject SubjectOf(object? context)
    {
        var subject = Subject.From(context);
        if (subject.Key is null)
            warnings.UnknownContext(context!.GetType());
        return subject;
    }

    private async Task<bool> AwaitAsync(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, Task<Subject> subjectTask,
        CancellationToken cancellationToken)
    {
        var call = new EvaluationCall(snapshot, flag, await subjectTask.ConfigureAwait(false));
        if (delegated.Applies(call))
            return await delegated.IsEnabledAsync(feature, call, cancellationToken).ConfigureAwait(false);
        return evaluator.IsOn(call);
    }

    private async ValueTask<Variant> AwaitVariantAsync(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, Task<Subject> subjectTask, CancellationToken cancellationToken)
    {
        var call = new EvaluationCall(snapshot, flag, await subjectTask.ConfigureAwait(false));
        return await GetVariantAsync(feature, call, cancellationToken).ConfigureAwait(false);
    }

    // Any context, any flag. Separate methods keep their callers fast.
    private Task<bool> IsEnabledAsync<TContext>(string feature, FlagSnapshot snapshot, CompiledFlag flag, TContext context)
    {
        var call = new EvaluationCall(snapshot, flag, SubjectOf(context));
        if (delegated.Applies(call))
            return delegated.IsEnabledAsync(feature, call, context);
        return Answers.Of(evaluator.IsOn(call));
    }

    private ValueTask<bool> IsEnabledAsync<TContext>(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, TContext context,
        CancellationToken cancellationToken)
    {
        var call = new EvaluationCall(snapshot, flag, SubjectOf(context));
        if (delegated.Applies(call))
            return delegated.IsEnabledAsync(feature, call, context, cancellationToken);
        return new ValueTask<bool>(evaluator.IsOn(call));
    }

    private ValueTask<Variant> GetVariantAsync(string feature, in EvaluationCall call, CancellationToken cancellationToken)
    {
        if (delegated.Applies(call))
            return delegated.GetVariantAsync(feature, call, cancellationToken);
        return new ValueTask<Variant>(VariantOf(call)!);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Variant? VariantOf(in EvaluationCall call)
    {
        int variant = evaluator.Variant(call);
        if (variant < 0)
            return null;
        return call.Flag.Variants!.CreateVariant(variant);
    }
}
