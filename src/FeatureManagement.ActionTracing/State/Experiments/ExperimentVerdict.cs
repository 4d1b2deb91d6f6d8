namespace FeatureManagement.ActionTracing;

/// <summary>What an experiment says so far.</summary>
public enum ExperimentVerdict
{
    /// <summary>Nothing can be told yet.</summary>
    KeepRunning,

    /// <summary>Better than control.</summary>
    Better,

    /// <summary>Worse than control.</summary>
    Worse,

    /// <summary>Units are not split as configured, so that no result can be trusted.</summary>
    BrokenSplit,
}
