namespace FeatureManagement.ActionTracing;

/// <summary>What a rollback leaves behind.</summary>
public enum RollbackTarget
{
    /// <summary>What the flag was before the rollout.</summary>
    Previous,

    /// <summary>The flag disabled.</summary>
    Disabled,
}
