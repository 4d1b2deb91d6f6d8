using System.Reflection;
using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// The library's per-request snapshots, which remember their first answer for as long as their scope lives. An emergency is looked at before
/// that memory; all else is the library's own behaviour. While a flag is watched, they note what gates were told.
/// </summary>
internal sealed class FlagFeatureManagerSnapshot(
    FlagEvaluator evaluator,
    AmbientContext ambient,
    AmbientAction action,
    IFeatureManagerSnapshot inner,
    IVariantFeatureManagerSnapshot innerVariants) : IFeatureManagerSnapshot, IVariantFeatureManagerSnapshot
{
    // Not inlined, for the caller is asked for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<bool> IsEnabledAsync(string feature)
    {
        if (IsWatched(feature) && GateCaller.IsGate(Assembly.GetCallingAssembly()))
            action.Current?.Exposures?.NoteGate(feature);
        return AnswerAsync(feature);
    }

    public Task<bool> IsEnabledAsync<TContext>(string feature, TContext context) =>
        IsEmergency(feature, context) ? Answers.Of(false) : inner.IsEnabledAsync(feature, context);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask<bool> IsEnabledAsync(string feature, CancellationToken cancellationToken)
    {
        if (IsWatched(feature) && GateCaller.IsGate(Assembly.GetCallingAssembly()))
            action.Current?.Exposures?.NoteGate(feature);
        return AnswerAsync(feature, cancellationToken);
    }

    public ValueTask<bool> IsEnabledAsync<TContext>(string feature, TContext context, CancellationToken cancellationToken) =>
        IsEmergency(feature, context) ? new(false) : innerVariants.IsEnabledAsync(feature, context, cancellationToken);

    public async ValueTask<Variant> GetVariantAsync(string feature, CancellationToken cancellationToken) =>
        await IsEmergencyAsync(feature).ConfigureAwait(false) ? null! : await innerVariants.GetVariantAsync(feature, cancellationToken).ConfigureAwait(false);

    public ValueTask<Variant> GetVariantAsync(string feature, ITargetingContext context, CancellationToken cancellationToken) =>
        IsEmergency(feature, context) ? default : innerVariants.GetVariantAsync(feature, context, cancellationToken);

    public IAsyncEnumerable<string> GetFeatureNamesAsync() => inner.GetFeatureNamesAsync();

    public IAsyncEnumerable<string> GetFeatureNamesAsync(CancellationToken cancellationToken) => innerVariants.GetFeatureNamesAsync(cancellationToken);

    private async Task<bool> AnswerAsync(string feature) =>
        !await IsEmergencyAsync(feature).ConfigureAwait(false) && await inner.IsEnabledAsync(feature).ConfigureAwait(false);

    private async ValueTask<bool> AnswerAsync(string feature, CancellationToken cancellationToken) =>
        !await IsEmergencyAsync(feature).ConfigureAwait(false) && await innerVariants.IsEnabledAsync(feature, cancellationToken).ConfigureAwait(false);

    private bool IsWatched(string feature) =>
        action.IsWatched && evaluator.Snapshot.TryFind(feature, out CompiledFlag? flag) && flag.Watch.Step is not null;

    private async ValueTask<bool> IsEmergencyAsync(string feature)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        if (!snapshot.AnyEmergency || !snapshot.TryFind(feature, out CompiledFlag? flag))
            return false;
        if (!ambient.TryGet(out Subject subject, out Task<TargetingContext>? pending))
            subject = await ambient.AwaitAsync(pending).ConfigureAwait(false);
        return IsEmergency(snapshot, flag, subject);
    }

    private bool IsEmergency(string feature, object? context)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        return snapshot.AnyEmergency && snapshot.TryFind(feature, out CompiledFlag? flag) && IsEmergency(snapshot, flag, Subject.From(context));
    }

    // Whoever hears of evaluations hears of this one as of any other.
    private bool IsEmergency(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject) =>
        snapshot.Emergency(flag, subject, out _) is not null && !evaluator.IsOn(snapshot, flag, subject);
}
