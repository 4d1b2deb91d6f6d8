using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>The versions of the store that this instance knows. Guarded by <see cref="StoreLock"/>.</summary>
internal sealed class StorePosition
{
    /// <summary>The version up to which every change is known here.</summary>
    public long Known { get; private set; }

    /// <summary>The highest version that the store is known to have had.</summary>
    public long Highest { get; private set; }

    /// <summary>The <see cref="StoreChanges.Generation"/> of the store that is known.</summary>
    public long Generation { get; private set; }

    /// <summary>Whether the store was replaced or restored since it was last read.</summary>
    public bool IsReplacedBy(StoreChanges changes) => changes.Version < Highest || changes.Generation != Generation;

    /// <summary>Everything up to these changes is known here.</summary>
    public void Accept(StoreChanges changes)
    {
        Known = changes.Version;
        Highest = changes.Version;
        Generation = changes.Generation;
    }

    /// <summary>A commit of this instance made a version. What others committed before it may still be unknown.</summary>
    public void Committed(long version) => Highest = version;
}
