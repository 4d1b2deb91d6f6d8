namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>What a look found, as people read it: of a rollout that has ended, what it ended with. Immutable.</summary>
internal sealed record RolloutFindings
{
    public static readonly RolloutFindings None = new();

    public RolloutComparison? Errors { get; init; }

    public RolloutComparison? Latency { get; init; }

    public RolloutComparison? Slow { get; init; }

    public RolloutComparison? WithoutControl { get; init; }

    public long ExposedUnits { get; init; }

    public long ControlUnits { get; init; }
}
