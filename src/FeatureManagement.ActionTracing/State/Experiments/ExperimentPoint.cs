using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>What one check found for the primary metric. Immutable.</summary>
public sealed class ExperimentPoint
{
    [JsonConstructor]
    internal ExperimentPoint(DateTimeOffset at, string variant, long units, ExperimentInterval difference)
    {
        At = at;
        Variant = variant;
        Units = units;
        Difference = difference;
    }

    /// <summary>When.</summary>
    [JsonInclude]
    public DateTimeOffset At { get; internal init; }

    /// <summary>The variant.</summary>
    [JsonInclude]
    public string Variant { get; internal init; }

    /// <summary>Distinct units that were exposed, over all variants.</summary>
    [JsonInclude]
    public long Units { get; internal init; }

    /// <summary>The variant against control.</summary>
    [JsonInclude]
    public ExperimentInterval Difference { get; internal init; }
}
