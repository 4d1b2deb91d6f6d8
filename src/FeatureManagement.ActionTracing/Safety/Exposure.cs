namespace FeatureManagement.ActionTracing.Safety;

/// <summary>That a flag gave an answer to a unit inside an action.</summary>
/// <param name="Step">The step in which it did.</param>
/// <param name="Key">The unit's bucketing key.</param>
/// <param name="Hash">The unit's hash within the flag.</param>
/// <param name="Unit">Where the unit is remembered.</param>
/// <param name="Exposed">The answer.</param>
internal readonly record struct Exposure(WatchedStep Step, string Key, ulong Hash, Unit Unit, bool Exposed);
