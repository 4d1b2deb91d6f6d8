using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tracing;

internal sealed class ActionTracer(ActionServices services) : IActionTracer
{
    private readonly AmbientAction _ambient = services.Ambient;
    private readonly TracingSwitches _switches = services.Switches;

    public TracedAction StartAction(string name, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_ambient.IsWatched)
            return StartWatched(name, context);
        return _switches.IsEnabled(context) ? new TracedAction(Traced(new RunningAction(services, _ambient.Current, watched: false), name, context)) : default;
    }

    public void CutShort(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        if (_ambient.IsWatched)
            _ambient.Current?.Exposures?.CutShort(flag);
    }

    private TracedAction StartWatched(string name, FeatureFlagContext? context)
    {
        RunningAction? parent = _ambient.Current;
        // The flags of tracing may be in a rollout themselves: whoever is asked for them is exposed inside the action.
        RunningAction? outermost = parent is null ? new RunningAction(services, null, watched: true) : null;
        if (!_switches.IsEnabled(context))
            return new TracedAction(outermost);
        return new TracedAction(Traced(outermost ?? new RunningAction(services, parent, watched: true), name, context));
    }

    private RunningAction Traced(RunningAction action, string name, FeatureFlagContext? context)
    {
        Subject subject = _switches.SubjectOf(context);
        TracedParts parts = _switches.Parts(subject);
        if (parts.Activity)
            action.Trace(new ActionTrace(services, parts, subject, name, context));
        return action;
    }
}
