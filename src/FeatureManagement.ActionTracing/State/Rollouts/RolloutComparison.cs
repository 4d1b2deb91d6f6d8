using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>Compares exposed users with control. Valid at any time, however often it is checked. Immutable.</summary>
/// <remarks>
/// A rate of errors or of slow actions is by user and step: each user is at risk once in every step, and bad once in
/// the rollout, after which it is at risk no more.
/// </remarks>
public sealed class RolloutComparison
{
    [JsonConstructor]
    internal RolloutComparison()
    {
    }

    /// <summary>The value with the flag on; null without any users.</summary>
    [JsonInclude]
    public double? Exposed { get; internal init; }

    /// <summary>The value with the flag off; null without any users.</summary>
    [JsonInclude]
    public double? Control { get; internal init; }

    /// <summary>How many times as large it is with the flag on, compared inside of steps; null where that is not known.</summary>
    [JsonInclude]
    public double? Ratio { get; internal init; }

    /// <summary>The ratio is at least this; null where there is no bound.</summary>
    [JsonInclude]
    public double? Lower { get; internal init; }

    /// <summary>The ratio is at most this; null where there is no bound.</summary>
    [JsonInclude]
    public double? Upper { get; internal init; }

    /// <summary>How often chance alone would look like this, however often one checks.</summary>
    [JsonInclude, JsonRequired]
    public double PValue { get; internal init; }

    /// <summary>How far the evidence is on its way to a rollback, 0 to 1.</summary>
    [JsonInclude, JsonRequired]
    public double Evidence { get; internal init; }
}
