namespace FeatureManagement.ActionTracing;

/// <summary>How units are allocated to variants, compared with the weights. Immutable.</summary>
public sealed record ExperimentSampleRatio
{
    /// <summary>Whether there is a sample ratio mismatch. It stays for the rest of the run.</summary>
    public required bool IsMismatch { get; init; }

    /// <summary>The smallest p-value of all checks; a mismatch at 0.001.</summary>
    public required double PValue { get; init; }

    /// <summary>The variants. A unit counts once per step.</summary>
    public required IReadOnlyList<ExperimentAllocation> Allocation { get; init; }
}
