namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>
/// The current observers of a flag's answers. One instance for each flag, shared by all snapshots. Thread-safe.
/// </summary>
internal sealed class FlagObservers
{
    private volatile IExposureObserver? _rollout;
    private volatile IVariantObserver? _experiment;

    /// <summary>The rollout in progress; null where there is none.</summary>
    public IExposureObserver? Rollout
    {
        get => _rollout;
        set => _rollout = value;
    }

    /// <summary>The experiment in progress; null where there is none.</summary>
    public IVariantObserver? Experiment
    {
        get => _experiment;
        set => _experiment = value;
    }
}
