namespace FeatureManagement.ActionTracing;

/// <summary>An emergency that was called at run time. It ends only when it is cleared. Immutable.</summary>
/// <param name="Reason">Why, in words.</param>
/// <param name="Actor">Who called it.</param>
/// <param name="At">When.</param>
public sealed record FlagEmergency(string Reason, string Actor, DateTimeOffset At);
