namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>What one process saw of one step. Users are only ever compared inside of one. Immutable.</summary>
internal sealed record RolloutStratum
{
    /// <summary>Made anew for each process and step, so that a restart never mixes with what was there before.</summary>
    public required string Key { get; init; }

    public required int Step { get; init; }

    public required decimal Percentage { get; init; }

    public RolloutArm Exposed { get; init; } = new();

    public RolloutArm Control { get; init; } = new();

    public RolloutActions Actions { get; init; } = RolloutActions.None;
}
