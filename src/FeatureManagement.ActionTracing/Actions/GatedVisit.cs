namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// What an exposed action behind a gate of the flag counts for, known from the moment at which the gate answered.
/// Immutable.
/// </summary>
/// <param name="First">Whether it is its unit's first one in the whole watch.</param>
/// <param name="Slot">The slot of the window in which it is its unit's first one; 0 for none.</param>
internal readonly record struct GatedVisit(bool First, long Slot);
