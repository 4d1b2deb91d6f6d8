namespace FeatureManagement.ActionTracing;

/// <summary>A step that a rollout would take if it is never on hold.</summary>
/// <param name="At">When.</param>
/// <param name="Percentage">The percentage from then on, 0 to 100.</param>
/// <param name="Phase">The phase of that percentage; complete for the last.</param>
public readonly record struct RolloutPreviewStep(DateTimeOffset At, decimal Percentage, RolloutPhase Phase);
