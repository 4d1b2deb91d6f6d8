using FeatureManagement.ActionTracing.Diagnostics.Background;

namespace FeatureManagement.ActionTracing.Storage.Bounded;

/// <summary>
/// The units of experiments, with bounded calls. A write is waited for to its end, so that it is not tried again beside
/// itself.
/// </summary>
internal sealed class BoundedUnits(IUnitStore store, StoreCalls calls, BoundedCall toTheEnd) : IUnitStore
{
    public Task WriteAsync(UnitBatch batch, CancellationToken cancellationToken) =>
        toTheEnd.RunToEndAsync(bound => store.WriteAsync(batch, bound), cancellationToken);

    public Task<bool> CloseAsync(UnitClosing closing, CancellationToken cancellationToken) =>
        toTheEnd.RunToEndAsync(bound => store.CloseAsync(closing, bound), cancellationToken);

    public Task<string?> ReadTotalsAsync(string run, CancellationToken cancellationToken) =>
        calls.RunAsync(bound => store.ReadTotalsAsync(run, bound), StoreCall.Read, cancellationToken);
}
