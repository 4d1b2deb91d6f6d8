namespace FeatureManagement.ActionTracing.Flags.Rollouts;

/// <summary>The thresholds that hold in a phase. Immutable.</summary>
/// <param name="MaxErrorRate">The largest error rate, 0 to 1, or null.</param>
/// <param name="MaxLatency">The largest mean latency, or null.</param>
/// <param name="MinimumSamples">The exposed users needed in the phase.</param>
/// <param name="WithoutControl">
/// The error rate of gated actions above which the rollout is rolled back; null where something else judges them, or
/// nothing shall.
/// </param>
internal readonly record struct RolloutLimits(double? MaxErrorRate, TimeSpan? MaxLatency, int MinimumSamples, double? WithoutControl)
{
    private const int DefaultSamples = 100;

    /// <summary>Whether any threshold is configured.</summary>
    public bool IsLimited => MaxErrorRate is not null || MaxLatency is not null;

    /// <summary>Whether the guard without control judges in any phase.</summary>
    public static bool JudgesWithoutControl(SafetyThresholds? thresholds) =>
        Of(thresholds, RolloutPhase.Canary).WithoutControl is not null
        || Of(thresholds, RolloutPhase.Gradual).WithoutControl is not null
        || Of(thresholds, RolloutPhase.Majority).WithoutControl is not null;

    public static RolloutLimits Of(SafetyThresholds? thresholds, RolloutPhase phase)
    {
        PhaseThresholds? own = phase switch
        {
            RolloutPhase.Canary => thresholds?.Canary,
            RolloutPhase.Gradual => thresholds?.Gradual,
            _ => thresholds?.Majority,
        };
        double? errors = own?.MaxErrorRate ?? thresholds?.MaxErrorRate;
        TimeSpan? latency = own?.MaxLatency ?? thresholds?.MaxLatency;
        double gated = (thresholds ?? new()).MaxErrorRateWithoutControl;
        return new RolloutLimits(
            errors,
            latency,
            own?.MinimumSamples ?? thresholds?.MinimumSamples ?? (errors is null && latency is null ? 0 : DefaultSamples),
            errors is null && gated < 1 ? gated : null);
    }
}
