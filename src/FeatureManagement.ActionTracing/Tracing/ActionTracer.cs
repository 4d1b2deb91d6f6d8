using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tracing;

internal sealed class ActionTracer(AmbientAction ambient, TimeProvider time) : IActionTracer
{
    public TracedAction StartAction(string name, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ambient.IsWatched && ambient.Current is null
            ? new TracedAction(new RunningAction(ambient, parent: null, watched: true, time))
            : default;
    }

    public void CutShort(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        if (ambient.IsWatched)
            ambient.Current?.Exposures?.CutShort(flag);
    }
}
