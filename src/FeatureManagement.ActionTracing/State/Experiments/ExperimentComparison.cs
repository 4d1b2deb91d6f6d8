using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// A variant against control, in one metric. The interval, not the estimate, is what should be quoted: an early
/// estimate exaggerates. Immutable.
/// </summary>
public sealed record ExperimentComparison
{
    [JsonConstructor]
    internal ExperimentComparison()
    {
    }

    /// <summary>The variant.</summary>
    [JsonInclude, JsonRequired]
    public string Variant { get; internal init; } = "";

    /// <summary>What the metric says of it.</summary>
    [JsonInclude, JsonRequired]
    public ExperimentVerdict Verdict { get; internal init; }

    /// <summary>The verdict in a sentence, with what it still needs.</summary>
    [JsonInclude, JsonRequired]
    public string Summary { get; internal init; } = "";

    /// <summary>
    /// When a guardrail spoke against the variant, which is final: all other members are
    /// those of that check. Null where the verdict may be another one at the next check.
    /// </summary>
    [JsonInclude]
    public DateTimeOffset? DecidedAt { get; internal init; }

    /// <summary>Whether there are enough units for a decision at all.</summary>
    [JsonInclude, JsonRequired]
    public bool MinimumsMet { get; internal init; }

    /// <summary>Mean of the variant minus mean of control, compared within steps; null where nothing can be inferred.</summary>
    [JsonInclude]
    public ExperimentInterval? Difference { get; internal init; }

    /// <summary>The difference relative to control's mean: 0.2 is 20 % more. Null where it is not available.</summary>
    [JsonInclude]
    public ExperimentInterval? Lift { get; internal init; }

    /// <summary>
    /// The smallest p-value of all checks since the minimums were met. It may be small although the verdict of this check
    /// is to keep running: intervals widen again when an effect fades.
    /// </summary>
    [JsonInclude, JsonRequired]
    public double PValue { get; internal init; }

    /// <summary>The chance to beat control, in the reading of Bayes. Informational: no decision rests on it.</summary>
    [JsonInclude]
    public double? ChanceToBeatControl { get; internal init; }
}
