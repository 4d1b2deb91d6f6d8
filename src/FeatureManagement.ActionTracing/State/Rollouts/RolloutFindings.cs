namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>The evidence of a rollout in numbers for people; of an ended rollout, the last evidence. Immutable.</summary>
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
