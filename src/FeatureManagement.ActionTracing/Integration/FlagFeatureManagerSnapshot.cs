using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Safety;
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
    public Task<bool> IsEnabledAsync(string feature) =>
        IsEmergency(feature) ? Answers.Of(false)
        : action.IsWatched ? NoteAsync(feature, inner.IsEnabledAsync(feature), GateKind.Attribute)
        : inner.IsEnabledAsync(feature);

    public Task<bool> IsEnabledAsync<TContext>(string feature, TContext context) =>
        IsEmergency(feature, context) ? Answers.Of(false) : inner.IsEnabledAsync(feature, context);

    public ValueTask<bool> IsEnabledAsync(string feature, CancellationToken cancellationToken) =>
        IsEmergency(feature) ? new(false)
        : action.IsWatched ? new(NoteAsync(feature, innerVariants.IsEnabledAsync(feature, cancellationToken).AsTask(), GateKind.Endpoint))
        : innerVariants.IsEnabledAsync(feature, cancellationToken);

    public ValueTask<bool> IsEnabledAsync<TContext>(string feature, TContext context, CancellationToken cancellationToken) =>
        IsEmergency(feature, context) ? new(false) : innerVariants.IsEnabledAsync(feature, context, cancellationToken);

    public ValueTask<Variant> GetVariantAsync(string feature, CancellationToken cancellationToken) =>
        IsEmergency(feature) ? default : innerVariants.GetVariantAsync(feature, cancellationToken);

    public ValueTask<Variant> GetVariantAsync(string feature, ITargetingContext context, CancellationToken cancellationToken) =>
        IsEmergency(feature, context) ? default : innerVariants.GetVariantAsync(feature, context, cancellationToken);

    public IAsyncEnumerable<string> GetFeatureNamesAsync() => inner.GetFeatureNamesAsync();

    public IAsyncEnumerable<string> GetFeatureNamesAsync(CancellationToken cancellationToken) => innerVariants.GetFeatureNamesAsync(cancellationToken);

    private async Task<bool> NoteAsync(string feature, Task<bool> answer, GateKind kind)
    {
        bool on = await answer.ConfigureAwait(false);
        if (!on)
            action.Current?.Exposures?.NoteOff(feature, kind);
        return on;
    }

    private bool IsEmergency(string feature)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        return snapshot.AnyEmergency && snapshot.IsEmergency(feature, ambient.Get());
    }

    private bool IsEmergency(string feature, object? context)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        return snapshot.AnyEmergency && snapshot.IsEmergency(feature, Subject.From(context));
    }
}
