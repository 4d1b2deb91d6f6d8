namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>What observes the answers of a flag at present. One for each flag; a snapshot takes it over from the one before. Thread-safe.</summary>
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
