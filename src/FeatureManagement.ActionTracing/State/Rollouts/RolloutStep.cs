using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>A step of a rollout: how long the percentage lasted, and the evidence of that time. Immutable.</summary>
public sealed class RolloutStep
{
    [JsonConstructor]
    internal RolloutStep()
    {
    }

    /// <summary>The percentage of users, 0 to 100.</summary>
    [JsonInclude, JsonRequired]
    public decimal Percentage { get; internal init; }

    /// <summary>The phase of that percentage.</summary>
    [JsonInclude, JsonRequired]
    public RolloutPhase Phase { get; internal init; }

    /// <summary>When the percentage was reached.</summary>
    [JsonInclude, JsonRequired]
    public DateTimeOffset At { get; internal init; }

    /// <summary>When it was left, or null while it is the current percentage.</summary>
    [JsonInclude]
    public DateTimeOffset? Until { get; internal init; }

    /// <summary>Errors per exposed action, 0 to 1; null without any.</summary>
    [JsonInclude]
    public double? ErrorRate { get; internal init; }

    /// <summary>The mean latency of exposed actions; null without any.</summary>
    [JsonInclude]
    public TimeSpan? MeanLatency { get; internal init; }

    /// <summary>Exposed actions per second; null while the step lasts.</summary>
    [JsonInclude]
    public double? Throughput { get; internal init; }

    /// <summary>Distinct users with the flag on that had not been counted before in the same round.</summary>
    [JsonInclude]
    public long ExposedUnits { get; internal init; }

    /// <summary>Distinct users with the flag off that had not been counted before in the same round.</summary>
    [JsonInclude]
    public long ControlUnits { get; internal init; }
}
