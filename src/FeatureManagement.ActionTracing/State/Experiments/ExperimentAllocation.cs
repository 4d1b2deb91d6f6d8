using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>How many units a variant got, and how many it should have. Immutable.</summary>
public sealed class ExperimentAllocation
{
    [JsonConstructor]
    internal ExperimentAllocation(string variant, long units, double expected)
    {
        Variant = variant;
        Units = units;
        Expected = expected;
    }

    /// <summary>The variant.</summary>
    [JsonInclude]
    public string Variant { get; internal init; }

    /// <summary>Distinct units, once per step.</summary>
    [JsonInclude]
    public long Units { get; internal init; }

    /// <summary>The number of units by the weights.</summary>
    [JsonInclude]
    public double Expected { get; internal init; }
}
