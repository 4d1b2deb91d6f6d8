using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tracing;

internal sealed class ActionTracer(ActionServices services) : IActionTracer
{
    private readonly AmbientAction _ambient = services.Ambient;
    private readonly TracingSwitches _switches = services.Switches;

    public TracedAction? Current => _ambient.Current is { } action ? new TracedAction(action) : null;

    public TracedAction StartAction(string name, FeatureFlagContext? context = null) => Start(name, context, scope: null, counts: true);

    /// <summary>Begins an action whose ambient context is that of a scope, and whose outcome may be of no account.</summary>
    public TracedAction Start(string name, FeatureFlagContext? context, IServiceProvider? scope, bool counts)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_ambient.IsWatched)
            return StartWatched(name, context, scope, counts);
        return _switches.IsEnabled(context, scope)
            ? new TracedAction(Traced(new RunningAction(services, _ambient.Current, counts: false), name, context, scope))
            : default;
    }

    public void NoteGate(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        if (_ambient.IsWatched)
            _ambient.Current?.Exposures?.NoteGate(flag);
    }

    private TracedAction StartWatched(string name, FeatureFlagContext? context, IServiceProvider? scope, bool counts)
    {
        // The flags of tracing may be in a rollout themselves: whoever is asked for them is exposed inside the action.
        var action = new RunningAction(services, _ambient.Current, counts);
        return new TracedAction(_switches.IsEnabled(context, scope) ? Traced(action, name, context, scope) : action);
    }

    private RunningAction Traced(RunningAction action, string name, FeatureFlagContext? context, IServiceProvider? scope)
    {
        Subject subject = _switches.SubjectOf(context, scope);
        TracedParts parts = _switches.Parts(subject);
        if (parts.Activity)
            action.Trace(new ActionTrace(services, parts, subject, name, context));
        return action;
    }
}
