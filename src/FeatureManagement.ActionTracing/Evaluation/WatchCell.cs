using FeatureManagement.ActionTracing.Safety;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>Where a flag carries the step that is being watched, or null. One per flag, handed on from snapshot to snapshot.</summary>
internal sealed class WatchCell
{
    private volatile WatchedStep? _step;

    public WatchedStep? Step
    {
        get => _step;
        set => _step = value;
    }
}
