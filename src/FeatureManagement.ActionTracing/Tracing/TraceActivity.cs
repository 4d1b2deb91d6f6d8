using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>The activity of an action. It begins at the start of the action, or later with the time and the parent of the start.</summary>
internal sealed class TraceActivity(string name, TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly ActivityContext _parent = Activity.Current?.Context ?? default;
    private volatile Activity? _value;
    private bool _isDetached; // whether it was never the current activity

    /// <summary>The activity; null where there is none, or none yet.</summary>
    public Activity? Value => _value;

    /// <summary>Begins the activity, as the current one.</summary>
    /// <param name="isWritten">Whether trace files need it for its ids and its parent, even without a listener.</param>
    public void Begin(bool isWritten)
    {
        _value = ActionTracingSource.Activities.StartActivity(name);
        if (_value is null && isWritten)
            _value = new Activity(name).Start();
    }

    /// <summary>Begins the activity, if it did not begin.</summary>
    /// <param name="isObserved">Whether listeners see it.</param>
    /// <param name="isWritten">Whether trace files need it for its ids and its parent, even without a listener.</param>
    public void BeginLate(bool isObserved, bool isWritten)
    {
        if (_value is not null)
            return;
        // Activities of the application may have started: this one becomes the parent of none.
        _isDetached = true;
        Activity? current = Activity.Current;
        Activity.Current = null;
        Activity? activity = null;
        if (isObserved)
            activity = ActionTracingSource.Activities.StartActivity(name, ActivityKind.Internal, _parent, startTime: _start);
        if (activity is null && isWritten)
            activity = StartUnobserved();
        Activity.Current = current;
        _value = activity;
    }

    public void Rename(string displayName)
    {
        if (_value is { } activity)
            activity.DisplayName = displayName;
    }

    public void Stop()
    {
        Activity? current = Activity.Current;
        _value?.Stop();
        if (_isDetached)
            Activity.Current = current;
    }

    private Activity StartUnobserved()
    {
        Activity activity = new Activity(name).SetStartTime(_start.UtcDateTime);
        if (_parent != default)
            activity.SetParentId(_parent.TraceId, _parent.SpanId, _parent.TraceFlags);
        return activity.Start();
    }
}
