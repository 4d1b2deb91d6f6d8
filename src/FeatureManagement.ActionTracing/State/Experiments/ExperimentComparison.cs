namespace FeatureManagement.ActionTracing;

/// <summary>
/// A variant against control, in one metric. The interval, not the estimate, is what should be quoted: an early
/// estimate exaggerates. Immutable.
/// </summary>
public sealed record ExperimentComparison
{
    /// <summary>The variant.</summary>
    public required string Variant { get; init; }

    /// <summary>What the metric says of it.</summary>
    public required ExperimentVerdict Verdict { get; init; }

    /// <summary>The verdict in a sentence, with what it still needs.</summary>
    public required string Summary { get; init; }

    /// <summary>
    /// When a guardrail spoke against the variant, which is final: all other members are
    /// those of that check. Null where the verdict may be another one at the next check.
    /// </summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Whether there are enough units for a decision at all.</summary>
    public required bool MinimumsMet { get; init; }

    /// <summary>Mean of the variant minus mean of control, compared within steps; null where nothing can be inferred.</summary>
    public ExperimentInterval? Difference { get; init; }

    /// <summary>The difference relative to control's mean: 0.2 is 20 % more. Null where it is not available.</summary>
    public ExperimentInterval? Lift { get; init; }

    /// <summary>
    /// The smallest p-value of all checks since the minimums were met. It may be small although the verdict of this check
    /// is to keep running: intervals widen again when an effect fades.
    /// </summary>
    public required double PValue { get; init; }

    /// <summary>The chance to beat control, in the reading of Bayes. Informational: no decision rests on it.</summary>
    public double? ChanceToBeatControl { get; init; }
}
