namespace FeatureManagement.ActionTracing;

/// <summary>What an experiment says so far.</summary>
public enum ExperimentVerdict
{
    /// <summary>The evidence does not decide yet.</summary>
    KeepRunning,

    /// <summary>Better than control.</summary>
    Better,

    /// <summary>Worse than control.</summary>
    Worse,

    /// <summary>Sample ratio mismatch: units are not allocated as configured, and no result can be trusted.</summary>
    SampleRatioMismatch,
}
