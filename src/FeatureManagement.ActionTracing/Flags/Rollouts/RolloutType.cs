namespace FeatureManagement.ActionTracing;

/// <summary>The curve that a rollout's percentage follows over its monitored time.</summary>
public enum RolloutType
{
    /// <summary>Evenly from the start to the target.</summary>
    Linear,

    /// <summary>Slowly first: with the square of the monitored part of the duration.</summary>
    Exponential,

    /// <summary>From checkpoint to checkpoint.</summary>
    Stepped,

    /// <summary>By a schedule of one's own.</summary>
    Custom,
}
