using System.Reflection;
using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// Decorates the per-request snapshots of Microsoft.FeatureManagement, which keep their first answer until their scope
/// ends. A flag in emergency is evaluated by the managers instead. While a rollout observes a flag, calls of gates are
/// noted.
/// </summary>
internal sealed class ActionTracingFeatureManagerSnapshot(
    FlagEvaluator evaluator,
    AmbientContext ambient,
    AmbientAction action,
    IFeatureManager manager,
    IVariantFeatureManager variantManager,
    IFeatureManagerSnapshot inner,
    IVariantFeatureManagerSnapshot innerVariants) : IFeatureManagerSnapshot, IVariantFeatureManagerSnapshot
{
    // Not inlined, because the calling assembly is read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<bool> IsEnabledAsync(string feature)
    {
        if (IsWatched(feature) && GateCaller.IsGate(Assembly.GetCallingAssembly()))
            action.Current?.Exposures?.NoteGate(feature);
        return AnswerAsync(feature);
    }

    public Task<bool> IsEnabledAsync<TContext>(string feature, TContext context)
    {
        if (IsEmergency(feature, context))
            return OffAsync(manager.IsEnabledAsync(feature, context));
        return inner.IsEnabledAsync(feature, context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask<bool> IsEnabledAsync(string feature, CancellationToken cancellationToken)
    {
        if (IsWatched(feature) && GateCaller.IsGate(Assembly.GetCallingAssembly()))
            action.Current?.Exposures?.NoteGate(feature);
        return AnswerAsync(feature, cancellationToken);
    }

    public ValueTask<bool> IsEnabledAsync<TContext>(string feature, TContext context, CancellationToken cancellationToken)
    {
        if (IsEmergency(feature, context))
            return new(OffAsync(variantManager.IsEnabledAsync(feature, context, cancellationToken).AsTask()));
        return innerVariants.IsEnabledAsync(feature, context, cancellationToken);
    }

    public async ValueTask<Variant> GetVariantAsync(string feature, CancellationToken cancellationToken)
    {
        if (await IsEmergencyAsync(feature).ConfigureAwait(false))
            return await NoneAsync(variantManager.GetVariantAsync(feature, cancellationToken)).ConfigureAwait(false);
        return await innerVariants.GetVariantAsync(feature, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<Variant> GetVariantAsync(string feature, ITargetingContext context, CancellationToken cancellationToken)
    {
        if (IsEmergency(feature, context))
            return NoneAsync(variantManager.GetVariantAsync(feature, context, cancellationToken));
        return innerVariants.GetVariantAsync(feature, context, cancellationToken);
    }

    public IAsyncEnumerable<string> GetFeatureNamesAsync() => inner.GetFeatureNamesAsync();

    public IAsyncEnumerable<string> GetFeatureNamesAsync(CancellationToken cancellationToken) =>
        innerVariants.GetFeatureNamesAsync(cancellationToken);

    private async Task<bool> AnswerAsync(string feature)
    {
        if (await IsEmergencyAsync(feature).ConfigureAwait(false))
            return await OffAsync(manager.IsEnabledAsync(feature)).ConfigureAwait(false);
        return await inner.IsEnabledAsync(feature).ConfigureAwait(false);
    }

    private async ValueTask<bool> AnswerAsync(string feature, CancellationToken cancellationToken)
    {
        if (await IsEmergencyAsync(feature).ConfigureAwait(false))
            return await OffAsync(variantManager.IsEnabledAsync(feature, cancellationToken).AsTask()).ConfigureAwait(false);
        return await innerVariants.IsEnabledAsync(feature, cancellationToken).ConfigureAwait(false);
    }

    private bool IsWatched(string feature) =>
        action.IsWatched && evaluator.Snapshot.TryFind(feature, out CompiledFlag? flag) && flag.Observers.Rollout is not null;

    // The managers observe and publish the evaluation. The answer stays off, also if the emergency has just ended.
    private static async Task<bool> OffAsync(Task<bool> answer)
    {
        await answer.ConfigureAwait(false);
        return false;
    }

    private static async ValueTask<Variant> NoneAsync(ValueTask<Variant> answer)
    {
        await answer.ConfigureAwait(false);
        return null!;
    }

    private async ValueTask<bool> IsEmergencyAsync(string feature)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        if (!snapshot.AnyEmergency || !snapshot.TryFind(feature, out CompiledFlag? flag))
            return false;
        if (!ambient.TryGet(out Subject subject, out Task<Subject>? subjectTask))
            subject = await subjectTask.ConfigureAwait(false);
        return new EvaluationCall(snapshot, flag, subject).IsEmergency;
    }

    private bool IsEmergency(string feature, object? context)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        return snapshot.AnyEmergency
            && snapshot.TryFind(feature, out CompiledFlag? flag)
            && snapshot.Emergency(flag, Subject.From(context), out _) is not null;
    }
}
