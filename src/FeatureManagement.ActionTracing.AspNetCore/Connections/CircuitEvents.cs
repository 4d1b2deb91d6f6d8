using System.Diagnostics;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>
/// Makes each event that a component of Blazor Server handles an action. A circuit handler sees an event begin but not what its handler awaits or throws,
/// so that the activity in which Blazor itself wraps the handler says when it begins, ends and fails. Thread-safe.
/// </summary>
internal sealed class CircuitEvents : IDisposable
{
    private const string Source = "Microsoft.AspNetCore.Components";
    private const string HandleEvent = "Microsoft.AspNetCore.Components.HandleEvent";
    private const string ActionProperty = "FeatureManagement.ActionTracing.Action";

    private readonly IActionTracer _tracer;
    private readonly AsyncLocal<CircuitFlow?> _flow = new();
    private readonly ActivityListener _listener;

    public CircuitEvents(IActionTracer tracer)
    {
        _tracer = tracer;
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Source,
            Sample = Sample,
            ActivityStarted = Begin,
            ActivityStopped = End,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What the calling flow of control does from here on is work of a circuit.</summary>
    public void Enter(CircuitFlow flow) => _flow.Value = flow;

    public void Dispose() => _listener.Dispose();

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        if (options.Name != HandleEvent || _flow.Value is not { } flow)
            return ActivitySamplingResult.None;
        flow.Before = Activity.Current;
        return ActivitySamplingResult.PropagationData;
    }

    // Called where Blazor is about to call the handler, so that the action is the handler's ambient one.
    private void Begin(Activity activity)
    {
        if (activity.OperationName != HandleEvent || _flow.Value is not { } flow)
            return;
        // Where nobody else wants Blazor's activity, what the handler starts has the parent that it would have without us.
        if (!activity.IsAllDataRequested)
            Activity.Current = flow.Before;
        flow.Before = null;
        TracedAction action = _tracer.StartAction(activity.DisplayName, flow.Context);
        if (action != default)
            activity.SetCustomProperty(ActionProperty, new CircuitEvent(action, flow));
    }

    private void End(Activity activity)
    {
        if (activity.GetCustomProperty(ActionProperty) is not CircuitEvent running)
            return;
        using TracedAction action = running.Action;
        if (running.Flow.IsDisconnected)
            action.GiveUp();
        else if (activity.Status == ActivityStatusCode.Error)
            action.Fail(null, activity.GetTagItem("error.type") as string);
    }

    private sealed record CircuitEvent(TracedAction Action, CircuitFlow Flow);
}
