namespace FeatureManagement.ActionTracing;

/// <summary>A validated flag, after the overlay of its environment. Immutable.</summary>
public sealed record FlagDefinition
{
    /// <summary>The name as configuration spells it. Two names that differ only by case are the same flag.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of answer the flag gives.</summary>
    public required FlagType Type { get; init; }

    /// <summary>Where the flag is in its life.</summary>
    public required FlagState State { get; init; }

    /// <summary>Text for people, or null.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// The percentage of users, 0 to 100, in <see cref="FlagState.Canary"/> and <see cref="FlagState.Rollout"/>.
    /// Fractions are allowed.
    /// </summary>
    public decimal Percentage { get; init; }

    /// <summary>
    /// User or session ids that are on in <see cref="FlagState.Canary"/> and <see cref="FlagState.Rollout"/> at any
    /// percentage. Case-sensitive.
    /// </summary>
    public IReadOnlyList<string> Whitelist { get; init; } = [];

    /// <summary>
    /// Targeting groups that are on in <see cref="FlagState.Canary"/> and <see cref="FlagState.Rollout"/> at any
    /// percentage. Case-sensitive.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>
    /// The variants, in ordinal case-insensitive order of their names. Empty unless <see cref="Type"/> is
    /// <see cref="FlagType.Multivariate"/>.
    /// </summary>
    public IReadOnlyList<FlagVariant> Variants { get; init; } = [];

    /// <summary>The flag that must be on for this one to be on, or null.</summary>
    public string? Parent { get; init; }

    /// <summary>
    /// A positive number makes this an emergency flag: while it is on, every flag of lower priority (a larger number,
    /// or none) is off. Null for ordinary flags.
    /// </summary>
    public int? Priority { get; init; }

    /// <summary>Whether Microsoft.FeatureManagement publishes its evaluation telemetry for this flag.</summary>
    public bool Telemetry { get; init; }

    /// <summary>The plan of a rollout of the flag, or null for the defaults.</summary>
    public RolloutConfig? RolloutConfig { get; init; }

    /// <summary>What a multivariate flag measures, or null when it is assigned but not analysed.</summary>
    public ExperimentConfig? Experiment { get; init; }
}
