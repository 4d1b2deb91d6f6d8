using FeatureManagement.ActionTracing.Actions;

namespace FeatureManagement.ActionTracing.Tracing;

internal sealed class ActionTracer(ActionServices services) : IActionTracer
{
    private readonly AmbientAction _ambient = services.Ambient;
    private readonly TracingSwitches _switches = services.Switches;

    public TracedAction? Current => _ambient.Current is { } action ? new TracedAction(action) : null;

    public TracedAction StartAction(string name, FeatureFlagContext? context = null) => Start(name, context, counts: true);

    /// <summary>Begins an action. Its outcome counts for rollouts only if <paramref name="counts"/>.</summary>
    public TracedAction Start(string name, FeatureFlagContext? context, bool counts)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_ambient.IsWatched)
            return StartWatched(name, context, counts);
        bool? traced = _switches.IsEnabled(context ?? _ambient.Current?.Known);
        if (traced == false && context is null)
            return default;
        var action = new RunningAction(_ambient, services.Time, _ambient.Current, counts: false, context);
        return new TracedAction(Traced(action, name, traced));
    }

    public void NoteGate(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        if (_ambient.IsWatched)
            _ambient.Current?.Exposures?.NoteGate(flag);
    }

    private TracedAction StartWatched(string name, FeatureFlagContext? context, bool counts)
    {
        // The flags of tracing may be in a rollout, so they are evaluated inside the action.
        var action = new RunningAction(_ambient, services.Time, _ambient.Current, counts, context);
        return new TracedAction(Traced(action, name, _switches.IsEnabled(action.Known)));
    }

    /// <summary>Begins the trace of an action for which tracing is on, or may be (null).</summary>
    private RunningAction Traced(RunningAction action, string name, bool? traced)
    {
        TracedParts? parts = null;
        if (traced == true)
            parts = _switches.Parts(action.Known);
        if (traced == true && parts is { } known)
        {
            if (known.Activity)
                action.Trace(new ActionTrace(services, name, known, action.Known));
        }
        else if (traced != false)
            action.Trace(new ActionTrace(services, name, begun: traced == true));
        return action;
    }
}
