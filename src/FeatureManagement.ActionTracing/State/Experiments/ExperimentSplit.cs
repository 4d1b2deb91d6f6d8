namespace FeatureManagement.ActionTracing;

/// <summary>Whether units are split as configured (the check for a sample-ratio mismatch). Immutable.</summary>
public sealed record ExperimentSplit
{
    /// <summary>Whether they are not. Stays true for the rest of the run.</summary>
    public required bool IsBroken { get; init; }

    /// <summary>The smallest p-value of all looks; broken at 0.001.</summary>
    public required double PValue { get; init; }

    /// <summary>The variants. A unit counts once per step.</summary>
    public required IReadOnlyList<ExperimentShare> Shares { get; init; }
}
