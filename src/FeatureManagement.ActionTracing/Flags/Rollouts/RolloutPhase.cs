namespace FeatureManagement.ActionTracing;

/// <summary>Where a rollout stands.</summary>
public enum RolloutPhase
{
    /// <summary>It starts at a planned time.</summary>
    Planned,

    /// <summary>Up to 5 %.</summary>
    Canary,

    /// <summary>Up to 50 %.</summary>
    Gradual,

    /// <summary>Below 100 %.</summary>
    Majority,

    /// <summary>It has reached its target.</summary>
    Complete,

    /// <summary>It is on hold until it is resumed.</summary>
    Paused,

    /// <summary>It is undone in this process, and the store does not know it yet.</summary>
    RollingBack,

    /// <summary>It is undone.</summary>
    RolledBack,
}
