using System.Diagnostics;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>
/// Wraps each event that a Blazor Server component handles as an action. A circuit handler cannot observe what an event
/// handler awaits or throws, so this listens to Blazor's own activity of the event for its start, end and failure.
/// Thread-safe.
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

    /// <summary>Marks the calling flow of control as work of a circuit.</summary>
    public void Enter(CircuitFlow flow) => _flow.Value = flow;

    public void Dispose() => _listener.Dispose();

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        if (options.Name != HandleEvent || _flow.Value is not { } flow)
            return ActivitySamplingResult.None;
        flow.Before = Activity.Current;
        return ActivitySamplingResult.PropagationData;
    }

    // Blazor calls the handler next, so the action is ambient in the handler.
    private void Begin(Activity activity)
    {
        if (activity.OperationName != HandleEvent || _flow.Value is not { } flow)
            return;
        // Without another listener, activities of the handler keep the parent that they would have without action
        // tracing.
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
