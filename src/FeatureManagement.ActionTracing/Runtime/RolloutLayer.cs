namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>What a rollout lays over a flag: the state <c>rollout</c> and a share. Immutable.</summary>
internal sealed record RolloutLayer
{
    /// <summary>The rollout that laid it.</summary>
    public required string Id { get; init; }

    /// <summary>The share of users, 0 to 100.</summary>
    public required decimal Percentage { get; init; }

    /// <summary>What configuration said when the rollout started.</summary>
    public required ConfiguredAnswer Over { get; init; }
}
