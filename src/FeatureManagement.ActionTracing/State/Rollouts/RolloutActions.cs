namespace FeatureManagement.ActionTracing;

/// <summary>Plain counts of actions with the flag on, however often a user comes back. Immutable.</summary>
/// <param name="Count">How many ended.</param>
/// <param name="Errors">How many of them failed.</param>
/// <param name="Latency">How long they took, together.</param>
public sealed record RolloutActions(long Count, long Errors, TimeSpan Latency)
{
    internal static readonly RolloutActions None = new(0, 0, TimeSpan.Zero);

    /// <summary>Errors per action; null without actions.</summary>
    public double? ErrorRate => Count == 0 ? null : (double)Errors / Count;

    /// <summary>The mean latency; null without actions.</summary>
    public TimeSpan? MeanLatency => Count == 0 ? null : Latency / Count;

    internal RolloutActions Plus(RolloutActions other) => new(Count + other.Count, Errors + other.Errors, Latency + other.Latency);
}
