namespace FeatureManagement.ActionTracing.Rollouts;

internal enum RolloutDecisionKind
{
    None,
    Step,
    Complete,
    Pause,
    RollBack,
}
