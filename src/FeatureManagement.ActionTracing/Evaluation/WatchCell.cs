using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Experiments;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>Where a flag carries the step that is being watched, or null, and the experiment that records, or null. One per flag, handed on from snapshot to snapshot.</summary>
internal sealed class WatchCell
{
    private volatile WatchedStep? _step;
    private volatile RunningExperiment? _experiment;

    public WatchedStep? Step
    {
        get => _step;
        set => _step = value;
    }

    public RunningExperiment? Experiment
    {
        get => _experiment;
        set => _experiment = value;
    }
}
