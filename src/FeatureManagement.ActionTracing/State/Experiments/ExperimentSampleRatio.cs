using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>How units are allocated to variants, compared with the weights. Immutable.</summary>
public sealed class ExperimentSampleRatio
{
    [JsonConstructor]
    internal ExperimentSampleRatio()
    {
    }

    /// <summary>Whether there is a sample ratio mismatch. It stays for the rest of the run.</summary>
    [JsonInclude, JsonRequired]
    public bool IsMismatch { get; internal init; }

    /// <summary>The smallest p-value of all checks; a mismatch at 0.001.</summary>
    [JsonInclude, JsonRequired]
    public double PValue { get; internal init; }

    /// <summary>The variants. A unit counts once per step.</summary>
    [JsonInclude, JsonRequired]
    public IReadOnlyList<ExperimentAllocation> Allocation { get; internal init; } = [];
}
