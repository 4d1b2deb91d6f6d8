using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>The activity of an action. It begins at the start of the action, or later with the time and the parent of the start.</summary>
internal sealed class TraceActivity(string name)
{
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

    /// <summary>Begins the activity under its name of now, if it did not begin.</summary>
    /// <param name="kept">The start of the action.</param>
    /// <param name="displayName">The name of the action by now.</param>
    /// <param name="isObserved">Whether listeners see it.</param>
    /// <param name="isWritten">Whether trace files need it for its ids and its parent, even without a listener.</param>
    public void BeginLate(KeptEvents kept, string displayName, bool isObserved, bool isWritten)
    {
        if (_value is not null)
            return;
        // Activities of the application may have started: this one becomes the parent of none.
        _isDetached = true;
        Activity? current = Activity.Current;
        Activity.Current = null;
        Activity? activity = null;
        if (isObserved)
            activity = ActionTracingSource.Activities.StartActivity(name, ActivityKind.Internal, kept.Parent, startTime: kept.Start);
        if (activity is null && isWritten)
            activity = StartUnobserved(kept);
        Activity.Current = current;
        _value = activity;
        Rename(displayName);
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

    private Activity StartUnobserved(KeptEvents kept)
    {
        Activity activity = new Activity(name).SetStartTime(kept.Start.UtcDateTime);
        if (kept.Parent != default)
            activity.SetParentId(kept.Parent.TraceId, kept.Parent.SpanId, kept.Parent.TraceFlags);
        return activity.Start();
    }
}
