namespace FeatureManagement.ActionTracing;

/// <summary>Absolute limits for the actions that are exposed to a flag: a circuit breaker, not a comparison. Immutable.</summary>
public sealed record SafetyThresholds
{
    /// <summary>The largest error rate, 0 to 1, over exposed actions in the window; null for no limit.</summary>
    public double? MaxErrorRate { get; init; }

    /// <summary>The largest mean latency over exposed actions in the window; null for no limit.</summary>
    public TimeSpan? MaxLatency { get; init; }

    /// <summary>The rolling window. The default is five minutes.</summary>
    public TimeSpan ThresholdWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The error rate, 0.001 to 1, of exposed actions behind a gate of the flag (<c>[FeatureGate]</c>,
    /// <c>WithFeatureGate</c>), above which the rollout is rolled back. Control does nothing there, so that nothing can
    /// be compared. The default is 0.1; 1 switches it off. Where <see cref="MaxErrorRate"/> is set, that one judges
    /// instead.
    /// </summary>
    public double MaxErrorRateWithoutControl { get; init; } = 0.1;

    /// <summary>
    /// The exposed units needed in a phase before its thresholds judge and before the rollout leaves it; null for 100
    /// where a limit is set, else 0.
    /// </summary>
    public int? MinimumSamples { get; init; }

    /// <summary>Overrides for the canary phase (up to 5 %), or null.</summary>
    public PhaseThresholds? Canary { get; init; }

    /// <summary>Overrides for the gradual phase (up to 50 %), or null.</summary>
    public PhaseThresholds? Gradual { get; init; }

    /// <summary>Overrides for the majority phase (below 100 %), or null.</summary>
    public PhaseThresholds? Majority { get; init; }

    /// <summary>Whether there is any limit, so that samples are needed.</summary>
    internal bool IsLimited => MaxErrorRate is not null || MaxLatency is not null;

    /// <summary>The thresholds of a phase: those of the rollout, with what the phase overrides.</summary>
    internal SafetyThresholds In(RolloutPhase phase)
    {
        PhaseThresholds? own = phase switch
        {
            RolloutPhase.Canary => Canary,
            RolloutPhase.Gradual => Gradual,
            _ => Majority,
        };
        if (own is null)
            return this;
        return this with
        {
            MaxErrorRate = own.MaxErrorRate ?? MaxErrorRate,
            MaxLatency = own.MaxLatency ?? MaxLatency,
            MinimumSamples = own.MinimumSamples ?? MinimumSamples,
        };
    }
}
