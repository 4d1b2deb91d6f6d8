namespace FeatureManagement.ActionTracing.Rollouts.Checks;

internal enum RolloutDecisionKind
{
    None,
    Step,
    Complete,
    Pause,
    RollBack,
}
