namespace FeatureManagement.ActionTracing.Safety;

/// <summary>How an action ended.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Duration">How long it took.</param>
internal readonly record struct ActionOutcome(bool Error, TimeSpan Duration);
