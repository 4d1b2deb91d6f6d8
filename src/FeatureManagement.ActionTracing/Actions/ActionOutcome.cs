namespace FeatureManagement.ActionTracing.Actions;

/// <summary>How an action ended.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="GivenUp">Whether its caller cancelled it: it is known to have lasted at least so long, and no more is known.</param>
internal readonly record struct ActionOutcome(bool Error, TimeSpan Duration, bool GivenUp = false);
