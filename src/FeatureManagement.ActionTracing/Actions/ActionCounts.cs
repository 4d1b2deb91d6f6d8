namespace FeatureManagement.ActionTracing.Actions;

/// <summary>Plain counts of exposed actions, however often a unit comes back.</summary>
internal readonly record struct ActionCounts(long Actions, long Errors, TimeSpan Latency)
{
    /// <summary>Errors per action; 0 without actions.</summary>
    public double ErrorRate => Actions == 0 ? 0 : (double)Errors / Actions;

    /// <summary>The mean latency; zero without actions.</summary>
    public TimeSpan MeanLatency => Actions == 0 ? TimeSpan.Zero : Latency / Actions;

    public static ActionCounts operator +(ActionCounts left, ActionCounts right) =>
        new(left.Actions + right.Actions, left.Errors + right.Errors, left.Latency + right.Latency);

    public static ActionCounts operator -(ActionCounts left, ActionCounts right) =>
        new(left.Actions - right.Actions, left.Errors - right.Errors, left.Latency - right.Latency);
}
