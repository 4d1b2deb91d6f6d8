namespace FeatureManagement.ActionTracing.Flags.Rollouts;

/// <summary>The thresholds that hold in a phase. Immutable.</summary>
/// <param name="Thresholds">The thresholds, with what the phase overrides.</param>
internal readonly record struct RolloutLimits(SafetyThresholds Thresholds)
{
    private const int DefaultSamples = 100;

    /// <summary>The largest error rate, 0 to 1, or null.</summary>
    public double? MaxErrorRate => Thresholds.MaxErrorRate;

    /// <summary>The largest mean latency, or null.</summary>
    public TimeSpan? MaxLatency => Thresholds.MaxLatency;

    /// <summary>Whether any threshold is configured.</summary>
    public bool IsLimited => Thresholds.IsLimited;

    /// <summary>The exposed users needed in the phase.</summary>
    public int MinimumSamples
    {
        get
        {
            if (Thresholds.MinimumSamples is { } samples)
                return samples;
            if (IsLimited)
                return DefaultSamples;
            return 0;
        }
    }

    /// <summary>
    /// The error rate of gated actions above which the rollout is rolled back; null where something else judges them,
    /// or nothing shall.
    /// </summary>
    public double? WithoutControl
    {
        get
        {
            if (MaxErrorRate is null && Thresholds.MaxErrorRateWithoutControl < 1)
                return Thresholds.MaxErrorRateWithoutControl;
            return null;
        }
    }

    /// <summary>Whether the guard without control judges in any phase.</summary>
    public static bool JudgesWithoutControl(SafetyThresholds? thresholds) =>
        Of(thresholds, RolloutPhase.Canary).WithoutControl is not null
        || Of(thresholds, RolloutPhase.Gradual).WithoutControl is not null
        || Of(thresholds, RolloutPhase.Majority).WithoutControl is not null;

    public static RolloutLimits Of(SafetyThresholds? thresholds, RolloutPhase phase) => new((thresholds ?? new()).In(phase));
}
