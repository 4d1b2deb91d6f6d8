namespace FeatureManagement.ActionTracing;

/// <summary>An evaluation of a flag: the answer, its reason and the layers of the deciding values.</summary>
public readonly record struct FlagEvaluation
{
    /// <summary>The flag's name as it is defined, or as the caller spelled it where there is no such flag.</summary>
    public required string Flag { get; init; }

    /// <summary>Whether the flag is on.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>The variant, where the flag is on and multivariate; else null.</summary>
    public string? Variant { get; init; }

    /// <summary>Why the flag is on or off.</summary>
    public required EvaluationReason Reason { get; init; }

    /// <summary>
    /// The other flag that decided (the ancestor that is off or in emergency, or the emergency flag that is on), or
    /// null.
    /// </summary>
    public string? DecidedBy { get; init; }

    /// <summary>The flag's state at the evaluation; null where there is no such flag.</summary>
    public FlagState? State { get; init; }

    /// <summary>The layer that <see cref="State"/> comes from; null where there is no such flag.</summary>
    public FlagSource? StateSource { get; init; }

    /// <summary>The percentage of users in force, 0 to 100; null where there is no such flag.</summary>
    public decimal? Percentage { get; init; }

    /// <summary>The layer that <see cref="Percentage"/> comes from; null where there is no such flag.</summary>
    public FlagSource? PercentageSource { get; init; }

    internal static FlagEvaluation Unknown(string flag) => new() { Flag = flag, IsEnabled = false, Reason = EvaluationReason.Unknown };
}
