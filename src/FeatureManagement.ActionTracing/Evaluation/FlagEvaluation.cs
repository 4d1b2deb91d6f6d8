namespace FeatureManagement.ActionTracing;

/// <summary>An answer with its reason and with where its deciding values came from.</summary>
public readonly record struct FlagEvaluation
{
    /// <summary>The flag's name: as it is defined, or as it was asked for where there is no such flag.</summary>
    public required string Flag { get; init; }

    /// <summary>Whether the flag is on.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The variant, where the flag is on and multivariate; else null.</summary>
    public string? Variant { get; init; }

    /// <summary>Why.</summary>
    public required EvaluationReason Reason { get; init; }

    /// <summary>The other flag that decided (the ancestor that is off or in emergency, or the emergency flag that is on), or null.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>The flag's state, in which the answer was given; null where there is no such flag.</summary>
    public FlagState? State { get; init; }

    /// <summary>The layer that <see cref="State"/> comes from; null where there is no such flag.</summary>
    public FlagSource? StateSource { get; init; }

    /// <summary>The share of users, 0 to 100, in force; null where there is no such flag.</summary>
    public decimal? Percentage { get; init; }

    /// <summary>The layer that <see cref="Percentage"/> comes from; null where there is no such flag.</summary>
    public FlagSource? PercentageSource { get; init; }
}
