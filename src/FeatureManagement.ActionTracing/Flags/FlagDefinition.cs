using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>A validated flag, after the overlay of its environment. Immutable.</summary>
public sealed record FlagDefinition
{
    [JsonConstructor]
    internal FlagDefinition()
    {
    }

    /// <summary>The name as configuration spells it. Two names that differ only by case are the same flag.</summary>
    [JsonInclude, JsonRequired]
    public string Name { get; internal init; } = "";

    /// <summary>What kind of answer the flag gives.</summary>
    [JsonInclude, JsonRequired]
    public FlagType Type { get; internal init; }

    /// <summary>Where the flag is in its life.</summary>
    [JsonInclude, JsonRequired]
    public FlagState State { get; internal init; }

    /// <summary>Text for people, or null.</summary>
    [JsonInclude]
    public string? Description { get; internal init; }

    /// <summary>
    /// The percentage of users, 0 to 100, in <see cref="FlagState.Canary"/> and <see cref="FlagState.Rollout"/>.
    /// Fractions are allowed.
    /// </summary>
    [JsonInclude]
    public decimal Percentage { get; internal init; }

    /// <summary>
    /// User or session ids that are on in <see cref="FlagState.Canary"/> and <see cref="FlagState.Rollout"/> at any
    /// percentage. Case-sensitive.
    /// </summary>
    [JsonInclude]
    public IReadOnlyList<string> Whitelist { get; internal init; } = [];

    /// <summary>
    /// Targeting groups that are on in <see cref="FlagState.Canary"/> and <see cref="FlagState.Rollout"/> at any
    /// percentage. Case-sensitive.
    /// </summary>
    [JsonInclude]
    public IReadOnlyList<string> Groups { get; internal init; } = [];

    /// <summary>
    /// The variants, in ordinal case-insensitive order of their names. Empty unless <see cref="Type"/> is
    /// <see cref="FlagType.Multivariate"/>.
    /// </summary>
    [JsonInclude]
    public IReadOnlyList<FlagVariant> Variants { get; internal init; } = [];

    /// <summary>The flag that must be on for this one to be on, or null.</summary>
    [JsonInclude]
    public string? Parent { get; internal init; }

    /// <summary>
    /// A positive number makes this an emergency flag: while it is on, every flag of lower priority (a larger number,
    /// or none) is off. Null for ordinary flags.
    /// </summary>
    [JsonInclude]
    public int? Priority { get; internal init; }

    /// <summary>Whether Microsoft.FeatureManagement publishes its evaluation telemetry for this flag.</summary>
    [JsonInclude]
    public bool Telemetry { get; internal init; }

    /// <summary>The plan of a rollout of the flag, or null for the defaults.</summary>
    [JsonInclude]
    public RolloutConfig? RolloutConfig { get; internal init; }

    /// <summary>What a multivariate flag measures, or null when it is assigned but not analysed.</summary>
    [JsonInclude]
    public ExperimentConfig? Experiment { get; internal init; }
}
