using System.Globalization;
using FeatureManagement.ActionTracing.Configuration;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// Keeps evaluations and units within <c>maxStoreSize</c>, so that they leave the disk to kills: the oldest evaluations go first; where that is not enough, no new
/// unit is taken in, for any arm. Thread-safe.
/// </summary>
internal sealed class StoreSpace(IFlagCatalogSource configuration, BoundedStore store, StoreMetrics metrics)
{
    private volatile bool _isFull;

    /// <summary>What evaluations and units may take, in bytes.</summary>
    public long Max => configuration.Catalog.Settings.MaxStoreSize;

    /// <summary>Whether no new unit is taken in.</summary>
    public bool IsFull => _isFull;

    /// <summary>Reports a measurement.</summary>
    /// <param name="size">The size before anything was removed, in bytes.</param>
    /// <param name="removed">How many evaluations were removed.</param>
    /// <param name="isFull">Whether there is no evaluation left to remove, and still too little room.</param>
    public void Measured(long size, int removed, bool isFull)
    {
        _isFull = isFull;
        metrics.Removed(removed);
        string? fault = size <= Max ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Evaluations and units take {size:N0} bytes of the store; maxStoreSize is {Max:N0}. ") + (isFull ? "No new unit is taken in." : "The oldest evaluations are removed.");
        if (store.Current.SizeFault != fault)
            store.Update(report => report with { SizeFault = fault });
    }

    /// <summary>Counts events of units that were not taken in.</summary>
    public void Refused(int events) => metrics.Refused(events);
}
