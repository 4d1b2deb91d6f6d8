namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary><c>maxErrorRate</c>: the error rate of exposed actions in the window.</summary>
internal sealed class ErrorThreshold : IGuard
{
    public string Name => "error_threshold";

    public GuardKind Kind => GuardKind.Absolute;

    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        if (evidence.Limits.MaxErrorRate is not { } limit || evidence.Observations?.Window is not { } window)
            return null;
        if (!(window.ErrorRate > limit) || evidence.Units < evidence.Limits.MinimumSamples)
            return null;
        return RolloutVerdict.Regressed(
            $"error rate {RolloutText.Percent(window.ErrorRate.Value)} over {window.Count} actions with the flag on "
            + $"in the last {evidence.Record.Window:c}; at most {RolloutText.Percent(limit)} is allowed");
    }

    // Users that are still needed may come without an error, so that they are not waited for.
    public BadOutcomes MoreToStop(RolloutEvidence evidence)
    {
        if (evidence.Limits.MaxErrorRate is not { } limit || limit >= 1)
            return BadOutcomes.NeverReached;
        RolloutActions window = evidence.Observations?.Window ?? RolloutActions.None;
        double more = Math.Floor((limit * window.Count - window.Errors) / (1 - limit)) + 1;
        return BadOutcomes.NeverReached with { ExposedErrors = Math.Max(1, (long)more) };
    }

    public string? Describe(GuardScope scope)
    {
        if (scope.Limits.MaxErrorRate is { } limit)
            return $"an error rate of {RolloutText.Percent(limit)}";
        return null;
    }
}
