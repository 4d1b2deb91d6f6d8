namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>Which guards a simulated rollout has.</summary>
internal enum Judged
{
    All,
    Errors,
    Latency,
    Slow,
}
