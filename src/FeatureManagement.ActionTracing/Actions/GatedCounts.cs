namespace FeatureManagement.ActionTracing.Actions;

/// <summary>Counts of exposed units behind a gate of the flag, since the watch began and in its window. Immutable.</summary>
internal readonly record struct GatedCounts
{
    /// <summary>Units whose first action behind a gate has begun.</summary>
    public long Units { get; init; }

    /// <summary>Of those, units for which it has failed.</summary>
    public long Errors { get; init; }

    /// <summary>Distinct units in the window.</summary>
    public long WindowUnits { get; init; }

    /// <summary>Of those, units whose first action in the last slot in which they came has failed.</summary>
    public long WindowErrors { get; init; }
}
