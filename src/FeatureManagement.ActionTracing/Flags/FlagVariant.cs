namespace FeatureManagement.ActionTracing;

/// <summary>One of the answers of a multivariate flag.</summary>
public sealed record FlagVariant
{
    /// <summary>The largest weight, so that no sum of weights overflows.</summary>
    internal const decimal MaxWeight = 1_000_000_000_000;

    /// <summary>The variant's name, unique within its flag without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// A positive number. The fraction of users is this weight divided by the sum of all weights of the flag.
    /// </summary>
    public required decimal Weight { get; init; }

    /// <summary>
    /// The variant's <c>config</c>, flattened as configuration has it (<c>limits:max</c> → <c>10</c>). A plain value
    /// has the empty key.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Config { get; init; } = [];
}
