namespace FeatureManagement.ActionTracing.Safety;

/// <summary>What was seen of exposed actions behind a gate of the flag, since the watch began and in its window. Immutable.</summary>
internal readonly record struct GatedCounts
{
    /// <summary>Units whose first action behind a gate has ended.</summary>
    public long Units { get; init; }

    /// <summary>Of those, units for which it failed.</summary>
    public long Errors { get; init; }

    /// <summary>Distinct units in the window.</summary>
    public long WindowUnits { get; init; }

    /// <summary>Actions in the window, however often a unit comes back.</summary>
    public ActionCounts Window { get; init; }
}
