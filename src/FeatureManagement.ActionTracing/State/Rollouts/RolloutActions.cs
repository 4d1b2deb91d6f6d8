using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>Plain counts of actions with the flag on, however often a user comes back. Immutable.</summary>
public sealed class RolloutActions
{
    internal static readonly RolloutActions None = new(0, 0, TimeSpan.Zero);

    /// <summary>Creates the counts.</summary>
    /// <param name="count">How many ended.</param>
    /// <param name="errors">How many of them failed.</param>
    /// <param name="latency">How long they took, together.</param>
    [JsonConstructor]
    public RolloutActions(long count, long errors, TimeSpan latency)
    {
        Count = count;
        Errors = errors;
        Latency = latency;
    }

    /// <summary>How many ended.</summary>
    [JsonInclude]
    public long Count { get; internal init; }

    /// <summary>How many of them failed.</summary>
    [JsonInclude]
    public long Errors { get; internal init; }

    /// <summary>How long they took, together.</summary>
    [JsonInclude]
    public TimeSpan Latency { get; internal init; }

    internal double? ErrorRate => Count == 0 ? null : (double)Errors / Count;

    internal TimeSpan? MeanLatency => Count == 0 ? null : Latency / Count;

    internal RolloutActions Plus(RolloutActions other) => new(Count + other.Count, Errors + other.Errors, Latency + other.Latency);
}
