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
        if (!TryGetSubject(snapshot, flag, out Subject subject, out Task<Subject>? subjectTask))
            return AwaitAsync(feature, snapshot, flag, subjectTask, CancellationToken.None);
        if (delegated.Applies(snapshot, flag, subject))
            return delegated.IsEnabledAsync(feature, new EvaluationCall(snapshot, flag, subject));
        return Answers.Of(evaluator.IsOn(snapshot, flag, subject));
    }

    public ValueTask<bool> IsEnabledAsync(string feature, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.IsEnabledAsync(feature, cancellationToken);
        if (!TryGetSubject(snapshot, flag, out Subject subject, out Task<Subject>? subjectTask))
            return new ValueTask<bool>(AwaitAsync(feature, snapshot, flag, subjectTask, cancellationToken));
        if (delegated.Applies(snapshot, flag, subject))
            return delegated.IsEnabledAsync(feature, new EvaluationCall(snapshot, flag, subject), cancellationToken);
        return new ValueTask<bool>(evaluator.IsOn(snapshot, flag, subject));
    }

    public Task<bool> IsEnabledAsync<TContext>(string feature, TContext context)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return _microsoft?.IsEnabledAsync(feature, context) ?? inner.IsEnabledAsync(feature, context);
        if (context is FeatureFlagContext ours && !delegated.MayApply(flag))
            return Answers.Of(evaluator.IsOn(snapshot, flag, new Subject(ours)));
        return IsEnabledAsync(feature, snapshot, flag, context);
    }

    public ValueTask<bool> IsEnabledAsync<TContext>(string feature, TContext context, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return _microsoft?.IsEnabledAsync(feature, context, cancellationToken)
                ?? innerVariants.IsEnabledAsync(feature, context, cancellationToken);
        if (context is FeatureFlagContext ours && !delegated.MayApply(flag))
            return new ValueTask<bool>(evaluator.IsOn(snapshot, flag, new Subject(ours)));
        return IsEnabledAsync(feature, snapshot, flag, context, cancellationToken);
    }

    public ValueTask<Variant> GetVariantAsync(string feature, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.GetVariantAsync(feature, cancellationToken);
        if (ambient.TryGet(out Subject subject, out Task<Subject>? subjectTask))
            return GetVariantAsync(feature, snapshot, flag, subject, cancellationToken);
        return AwaitVariantAsync(feature, snapshot, flag, subjectTask, cancellationToken);
    }

    public ValueTask<Variant> GetVariantAsync(string feature, ITargetingContext context, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.GetVariantAsync(feature, context, cancellationToken);
        if (context is FeatureFlagContext ours && !delegated.MayApply(flag))
            return new ValueTask<Variant>(VariantOf(snapshot, flag, new Subject(ours))!);
        return GetVariantAsync(feature, snapshot, flag, Subject.From(context), cancellationToken);
    }

    public IAsyncEnumerable<string> GetFeatureNamesAsync() => inner.GetFeatureNamesAsync();

    public IAsyncEnumerable<string> GetFeatureNamesAsync(CancellationToken cancellationToken) =>
        innerVariants.GetFeatureNamesAsync(cancellationToken);

    private bool TryGetSubject(FlagSnapshot snapshot, CompiledFlag flag, out Subject subject, out Task<Subject> subjectTask)
    {
        bool needed = snapshot.NeedsContext(flag);
        if (needed || delegated.MayApply(flag))
            return ambient.TryGet(out subject, out subjectTask!, warn: needed);
        subject = Subject.WithoutContext;
        subjectTask = null!;
        return true;
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
        Subject subject = await subjectTask.ConfigureAwait(false);
        if (delegated.Applies(snapshot, flag, subject))
            return await delegated.IsEnabledAsync(
                feature, new EvaluationCall(snapshot, flag, subject), cancellationToken).ConfigureAwait(false);
        return evaluator.IsOn(snapshot, flag, subject);
    }

    private async ValueTask<Variant> AwaitVariantAsync(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, Task<Subject> subjectTask, CancellationToken cancellationToken) =>
        await GetVariantAsync(feature, snapshot, flag, await subjectTask.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    // Any context, any flag. Separate methods keep their callers fast.
    private Task<bool> IsEnabledAsync<TContext>(string feature, FlagSnapshot snapshot, CompiledFlag flag, TContext context)
    {
        Subject subject = SubjectOf(context);
        if (delegated.Applies(snapshot, flag, subject))
            return delegated.IsEnabledAsync(feature, new EvaluationCall(snapshot, flag, subject), context);
        return Answers.Of(evaluator.IsOn(snapshot, flag, subject));
    }

    private ValueTask<bool> IsEnabledAsync<TContext>(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, TContext context,
        CancellationToken cancellationToken)
    {
        Subject subject = SubjectOf(context);
        if (delegated.Applies(snapshot, flag, subject))
            return delegated.IsEnabledAsync(feature, new EvaluationCall(snapshot, flag, subject), context, cancellationToken);
        return new ValueTask<bool>(evaluator.IsOn(snapshot, flag, subject));
    }

    private ValueTask<Variant> GetVariantAsync(
        string feature, FlagSnapshot snapshot, CompiledFlag flag, in Subject subject,
        CancellationToken cancellationToken)
    {
        if (delegated.Applies(snapshot, flag, subject))
            return delegated.GetVariantAsync(feature, new EvaluationCall(snapshot, flag, subject), cancellationToken);
        return new ValueTask<Variant>(VariantOf(snapshot, flag, subject)!);
    }

    private Variant? VariantOf(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
    {
        int variant = evaluator.Variant(snapshot, flag, subject);
        if (variant < 0)
            return null;
        return flag.Variants!.CreateVariant(variant);
    }
}
