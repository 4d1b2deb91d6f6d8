namespace FeatureManagement.ActionTracing;

/// <summary>From where a flag was changed.</summary>
public enum ChangeSource
{
    /// <summary>An edit of configuration.</summary>
    Configuration,

    /// <summary>The management API or the dashboard.</summary>
    Api,

    /// <summary>Code of the application.</summary>
    Code,

    /// <summary>A rollout that took a step or was completed.</summary>
    Rollout,

    /// <summary>A guard of a rollout that rolled it back.</summary>
    Safety,
}
