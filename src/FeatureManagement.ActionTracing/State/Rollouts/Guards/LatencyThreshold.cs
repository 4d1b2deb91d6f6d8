namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary><c>maxLatency</c>: the mean latency of exposed actions in the window.</summary>
internal sealed class LatencyThreshold : IGuard
{
    public string Name => "latency_threshold";

    public GuardKind Kind => GuardKind.Absolute;

    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        if (evidence.Limits.MaxLatency is not { } limit || evidence.Observations?.Window is not { } window)
            return null;
        if (!(window.MeanLatency > limit) || evidence.Units < evidence.Limits.MinimumSamples)
            return null;
        return RolloutVerdict.Regressed(
            $"mean latency {window.MeanLatency.Value.TotalMilliseconds:0.#} ms over {window.Count} actions with the flag on "
            + $"in the last {evidence.Record.Window:c}; at most {limit.TotalMilliseconds:0.#} ms is allowed");
    }

    public string? Describe(GuardScope scope)
    {
        if (scope.Limits.MaxLatency is { } limit)
            return RolloutText.Of($"a mean latency of {limit.TotalMilliseconds:0.#} ms");
        return null;
    }
}
