using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// The library's managers, with our flags answered at once from the snapshot. All other features go to the library, and so do ours where it must
/// see the call: where a session manager may have a word, or telemetry is to be published. An emergency is looked at before either.
/// </summary>
internal sealed class FlagFeatureManager(
    SnapshotSource source,
    FlagEvaluator evaluator,
    AmbientContext ambient,
    EvaluationWarnings warnings,
    IFeatureManager inner,
    IVariantFeatureManager innerVariants,
    bool sessions) : IFeatureManager, IVariantFeatureManager
{
    // A generic call through an interface is slow: where the library's own class is beneath, as it nearly always is, it is called by its name.
    private readonly FeatureManager? _library = ReferenceEquals(inner, innerVariants) ? inner as FeatureManager : null;

    public Task<bool> IsEnabledAsync(string feature)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return inner.IsEnabledAsync(feature);
        if (!TryGetSubject(snapshot, flag, out Subject subject, out Task<TargetingContext>? pending))
            return AwaitAsync(feature, snapshot, flag, pending, CancellationToken.None);
        return GoesThroughLibrary(snapshot, flag, subject) ? Heard(snapshot, flag, subject, inner.IsEnabledAsync(feature)) : Answers.Of(evaluator.IsOn(snapshot, flag, subject));
    }

    public ValueTask<bool> IsEnabledAsync(string feature, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.IsEnabledAsync(feature, cancellationToken);
        if (!TryGetSubject(snapshot, flag, out Subject subject, out Task<TargetingContext>? pending))
            return new ValueTask<bool>(AwaitAsync(feature, snapshot, flag, pending, cancellationToken));
        return GoesThroughLibrary(snapshot, flag, subject)
            ? Heard(snapshot, flag, subject, innerVariants.IsEnabledAsync(feature, cancellationToken))
            : new ValueTask<bool>(evaluator.IsOn(snapshot, flag, subject));
    }

    public Task<bool> IsEnabledAsync<TContext>(string feature, TContext context)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return _library?.IsEnabledAsync(feature, context) ?? inner.IsEnabledAsync(feature, context);
        return context is FeatureFlagContext ours && !sessions && !flag.Telemetry
            ? Answers.Of(evaluator.IsOn(snapshot, flag, new Subject(ours)))
            : IsEnabledAsync(feature, snapshot, flag, context);
    }

    public ValueTask<bool> IsEnabledAsync<TContext>(string feature, TContext context, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return _library?.IsEnabledAsync(feature, context, cancellationToken) ?? innerVariants.IsEnabledAsync(feature, context, cancellationToken);
        return context is FeatureFlagContext ours && !sessions && !flag.Telemetry
            ? new ValueTask<bool>(evaluator.IsOn(snapshot, flag, new Subject(ours)))
            : IsEnabledAsync(feature, snapshot, flag, context, cancellationToken);
    }

    public ValueTask<Variant> GetVariantAsync(string feature, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.GetVariantAsync(feature, cancellationToken);
        if (!ambient.TryGet(out Subject subject, out Task<TargetingContext>? pending))
            return AwaitVariantAsync(feature, snapshot, flag, pending, cancellationToken);
        return GoesThroughLibrary(snapshot, flag, subject)
            ? Heard(snapshot, flag, subject, innerVariants.GetVariantAsync(feature, cancellationToken))
            : new ValueTask<Variant>(VariantOf(snapshot, flag, subject)!);
    }

    public ValueTask<Variant> GetVariantAsync(string feature, ITargetingContext context, CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(feature, out CompiledFlag? flag))
            return innerVariants.GetVariantAsync(feature, context, cancellationToken);
        return context is FeatureFlagContext ours && !sessions && !flag.Telemetry
            ? new ValueTask<Variant>(VariantOf(snapshot, flag, new Subject(ours))!)
            : GetVariantAsync(feature, snapshot, flag, context, cancellationToken);
    }

    public IAsyncEnumerable<string> GetFeatureNamesAsync() => inner.GetFeatureNamesAsync();

    public IAsyncEnumerable<string> GetFeatureNamesAsync(CancellationToken cancellationToken) => innerVariants.GetFeatureNamesAsync(cancellationToken);

    // A session manager could overrule an emergency; telemetry only tells of it.
    private bool GoesThroughLibrary(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject) => sessions
        ? !(snapshot.AnyEmergency && snapshot.Emergency(flag, subject, out _) is not null)
        : flag.Telemetry;

    // Whoever hears of what we answer hears of what the library answers for us.
    private Task<bool> Heard(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, Task<bool> answer) =>
        evaluator.IsHeard(snapshot) ? HearAsync(snapshot, flag, subject, new ValueTask<bool>(answer)).AsTask() : answer;

    private ValueTask<bool> Heard(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, ValueTask<bool> answer) =>
        evaluator.IsHeard(snapshot) ? HearAsync(snapshot, flag, subject, answer) : answer;

    private ValueTask<Variant> Heard(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject, ValueTask<Variant> answer) =>
        evaluator.IsHeard(snapshot) ? HearAsync(snapshot, flag, subject, answer) : answer;

    private async ValueTask<bool> HearAsync(FlagSnapshot snapshot, CompiledFlag flag, Subject subject, ValueTask<bool> answer)
    {
        bool on = await answer.ConfigureAwait(false);
        evaluator.Gave(snapshot, flag, subject, on);
        return on;
    }

    private async ValueTask<Variant> HearAsync(FlagSnapshot snapshot, CompiledFlag flag, Subject subject, ValueTask<Variant> answer)
    {
        Variant variant = await answer.ConfigureAwait(false);
        evaluator.Gave(snapshot, flag, subject, variant);
        return variant;
    }

    private bool TryGetSubject(FlagSnapshot snapshot, CompiledFlag flag, out Subject subject, out Task<TargetingContext> pending)
    {
        if (snapshot.NeedsContext(flag))
            return ambient.TryGet(out subject, out pending!);
        subject = Subject.Nobody;
        pending = null!;
        return true;
    }

    private Subject SubjectOf(object? context)
    {
        var subject = Subject.From(context);
        if (subject.Key is null)
            warnings.UnknownContext(context!.GetType());
        return subject;
    }

    private async Task<bool> AwaitAsync(string feature, FlagSnapshot snapshot, CompiledFlag flag, Task<TargetingContext> pending, CancellationToken cancellationToken)
    {
        Subject subject = await ambient.AwaitAsync(pending).ConfigureAwait(false);
        return GoesThroughLibrary(snapshot, flag, subject)
            ? await Heard(snapshot, flag, subject, innerVariants.IsEnabledAsync(feature, cancellationToken)).ConfigureAwait(false)
            : evaluator.IsOn(snapshot, flag, subject);
    }

    private async ValueTask<Variant> AwaitVariantAsync(string feature, FlagSnapshot snapshot, CompiledFlag flag, Task<TargetingContext> pending, CancellationToken cancellationToken)
    {
        Subject subject = await ambient.AwaitAsync(pending).ConfigureAwait(false);
        return GoesThroughLibrary(snapshot, flag, subject)
            ? await Heard(snapshot, flag, subject, innerVariants.GetVariantAsync(feature, cancellationToken)).ConfigureAwait(false)
            : VariantOf(snapshot, flag, subject)!;
    }

    // Any context, any flag. Apart from their callers, which are the quicker for it.
    private Task<bool> IsEnabledAsync<TContext>(string feature, FlagSnapshot snapshot, CompiledFlag flag, TContext context)
    {
        Subject subject = SubjectOf(context);
        return GoesThroughLibrary(snapshot, flag, subject) ? Heard(snapshot, flag, subject, inner.IsEnabledAsync(feature, context)) : Answers.Of(evaluator.IsOn(snapshot, flag, subject));
    }

    private ValueTask<bool> IsEnabledAsync<TContext>(string feature, FlagSnapshot snapshot, CompiledFlag flag, TContext context, CancellationToken cancellationToken)
    {
        Subject subject = SubjectOf(context);
        return GoesThroughLibrary(snapshot, flag, subject)
            ? Heard(snapshot, flag, subject, innerVariants.IsEnabledAsync(feature, context, cancellationToken))
            : new ValueTask<bool>(evaluator.IsOn(snapshot, flag, subject));
    }

    private ValueTask<Variant> GetVariantAsync(string feature, FlagSnapshot snapshot, CompiledFlag flag, ITargetingContext context, CancellationToken cancellationToken)
    {
        var subject = Subject.From(context);
        return GoesThroughLibrary(snapshot, flag, subject)
            ? Heard(snapshot, flag, subject, innerVariants.GetVariantAsync(feature, context, cancellationToken))
            : new ValueTask<Variant>(VariantOf(snapshot, flag, subject)!);
    }

    private Variant? VariantOf(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
    {
        int variant = evaluator.Variant(snapshot, flag, subject);
        return variant < 0 ? null : flag.Variants!.ToLibrary(variant);
    }
}
