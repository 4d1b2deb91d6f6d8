namespace FeatureManagement.ActionTracing;

/// <summary>What one phase of a rollout overrides in <see cref="SafetyThresholds"/>. Immutable.</summary>
public sealed record PhaseThresholds
{
    /// <summary>The largest error rate, 0 to 1; null for that of the rollout.</summary>
    public double? MaxErrorRate { get; init; }

    /// <summary>The largest mean latency; null for that of the rollout.</summary>
    public TimeSpan? MaxLatency { get; init; }

    /// <summary>The exposed units needed in the phase; null for that of the rollout.</summary>
    public int? MinimumSamples { get; init; }
}
