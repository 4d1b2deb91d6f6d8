using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.State;

/// <summary>The override of a flag: values set at run time; null where configuration decides. Immutable.</summary>
internal sealed record FlagOverride
{
    public FlagState? State { get; init; }

    public decimal? Percentage { get; init; }

    public IReadOnlyList<string>? Whitelist { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Weights by name, for variants that configuration defines.</summary>
    public IReadOnlyDictionary<string, decimal>? Weights { get; init; }

    /// <summary>What configuration said when the override began.</summary>
    [JsonPropertyName("over")] // as earlier releases stored it
    public required Baseline Baseline { get; init; }
}
