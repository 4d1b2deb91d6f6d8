using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>An estimate with an interval that holds at every check. Immutable.</summary>
public sealed class ExperimentInterval
{
    [JsonConstructor]
    internal ExperimentInterval(double estimate, double low, double high)
    {
        Estimate = estimate;
        Low = low;
        High = high;
    }

    /// <summary>The estimate.</summary>
    [JsonInclude]
    public double Estimate { get; internal init; }

    /// <summary>The lower end.</summary>
    [JsonInclude]
    public double Low { get; internal init; }

    /// <summary>The upper end.</summary>
    [JsonInclude]
    public double High { get; internal init; }
}
