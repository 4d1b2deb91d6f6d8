using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>One of the answers of a multivariate flag.</summary>
public sealed record FlagVariant
{
    [JsonConstructor]
    internal FlagVariant()
    {
    }

    /// <summary>The largest weight, so that no sum of weights overflows.</summary>
    internal const decimal MaxWeight = 1_000_000_000_000;

    /// <summary>The variant's name, unique within its flag without regard to case.</summary>
    [JsonInclude, JsonRequired]
    public string Name { get; internal init; } = "";

    /// <summary>
    /// A positive number. The fraction of users is this weight divided by the sum of all weights of the flag.
    /// </summary>
    [JsonInclude, JsonRequired]
    public decimal Weight { get; internal init; }

    /// <summary>
    /// The variant's <c>config</c>, flattened as configuration has it (<c>limits:max</c> → <c>10</c>). A plain value
    /// has the empty key.
    /// </summary>
    [JsonInclude]
    public IReadOnlyList<KeyValuePair<string, string?>> Config { get; internal init; } = [];
}
