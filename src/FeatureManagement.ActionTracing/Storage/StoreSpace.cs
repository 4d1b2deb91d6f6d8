using System.Globalization;
using FeatureManagement.ActionTracing.Configuration;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// Keeps evaluations and units within <c>maxStoreSize</c>, so that they leave room for emergencies: the oldest
/// evaluations are removed first. Where that is not enough, no new unit is taken in, for any arm. Thread-safe.
/// </summary>
internal sealed class StoreSpace(IFlagCatalogSource configuration, StoreMetrics metrics)
{
    private volatile bool _isFull;
    private volatile string? _fault;

    /// <summary>The bound of evaluations and units, in bytes.</summary>
    public long Max => configuration.Catalog.Settings.MaxStoreSize;

    /// <summary>Whether no new unit is taken in.</summary>
    public bool IsFull => _isFull;

    /// <summary>That the bound is reached, and what is done about it, as a sentence; else null.</summary>
    public string? Fault => _fault;

    /// <summary>Reports a measurement.</summary>
    /// <param name="size">The size before anything was removed, in bytes.</param>
    /// <param name="removed">How many evaluations were removed.</param>
    /// <param name="isFull">Whether no evaluation is left to remove, and there is still too little room.</param>
    public void Measured(long size, int removed, bool isFull)
    {
        _isFull = isFull;
        metrics.Removed(removed);
        if (size <= Max)
        {
            _fault = null;
            return;
        }
        string consequence = "The oldest evaluations are removed.";
        if (isFull)
            consequence = "No new unit is taken in.";
        _fault = string.Create(
            CultureInfo.InvariantCulture,
            $"Evaluations and units take {size:N0} bytes of the store; maxStoreSize is {Max:N0}. {consequence}");
    }

    /// <summary>Counts events of units that were not taken in.</summary>
    public void Refused(int events) => metrics.Refused(events);
}
