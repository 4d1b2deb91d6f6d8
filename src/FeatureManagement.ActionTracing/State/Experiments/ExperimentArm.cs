using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>One variant in one metric. Immutable.</summary>
public sealed class ExperimentArm
{
    [JsonConstructor]
    internal ExperimentArm(string variant, long units, double? mean)
    {
        Variant = variant;
        Units = units;
        Mean = mean;
    }

    /// <summary>The variant.</summary>
    [JsonInclude]
    public string Variant { get; internal init; }

    /// <summary>The units that count.</summary>
    [JsonInclude]
    public long Units { get; internal init; }

    /// <summary>
    /// The rate of units that converted, or the mean value, over all steps; null without units. Compare variants by
    /// their difference, not by this, where weights have changed.
    /// </summary>
    [JsonInclude]
    public double? Mean { get; internal init; }
}
