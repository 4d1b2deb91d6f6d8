using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// The action that the current flow of control is part of, through <c>await</c>, <c>Task.Run</c> and parallel work; and
/// what is evaluated in it. Thread-safe.
/// </summary>
internal sealed class AmbientAction
{
    private readonly AsyncLocal<RunningAction?> _current = new();
    private volatile int _observers; // the two below together
    private volatile int _watches;
    private volatile int _recordings;
    private volatile int _undecided;

    /// <summary>Whether anybody wants to know what is evaluated. Asked at every evaluation.</summary>
    public bool IsObserved => _observers != 0;

    /// <summary>Whether any flag is watched.</summary>
    public bool IsWatched => _watches != 0;

    /// <summary>Whether the trace of any action still depends on for whom the action is.</summary>
    public bool IsUndecided => _undecided != 0;

    /// <summary>The innermost action that has not ended, or null.</summary>
    public RunningAction? Current
    {
        get
        {
            // A stray task may still carry an action that is over.
            RunningAction? action = _current.Value;
            while (action is { HasEnded: true })
                action = action.Parent;
            return action;
        }
        set => _current.Value = value;
    }

    /// <summary>An action has ended. Where it does so in a flow of control that is part of another one, that other one goes on.</summary>
    public void Leave(RunningAction action)
    {
        if (ReferenceEquals(_current.Value, action))
            _current.Value = action.Parent;
    }

    public void BeginWatch()
    {
        Interlocked.Increment(ref _watches);
        Interlocked.Increment(ref _observers);
    }

    public void EndWatch()
    {
        Interlocked.Decrement(ref _watches);
        Interlocked.Decrement(ref _observers);
    }

    /// <summary>An action begins whose trace wants to know what is evaluated.</summary>
    public void BeginRecording()
    {
        Interlocked.Increment(ref _recordings);
        Interlocked.Increment(ref _observers);
    }

    public void EndRecording()
    {
        Interlocked.Decrement(ref _recordings);
        Interlocked.Decrement(ref _observers);
    }

    public void BeginUndecided() => Interlocked.Increment(ref _undecided);

    public void EndUndecided() => Interlocked.Decrement(ref _undecided);

    /// <summary>Takes note of an answer.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="key">The bucketing key; null for a context of a type that nobody knows.</param>
    /// <param name="reason">The answer.</param>
    /// <param name="variant">The index of the variant, or -1.</param>
    public void Evaluated(CompiledFlag flag, string? key, EvaluationReason reason, int variant = -1)
    {
        if (key is not null && flag.Observers.Rollout is { } rollout && reason.IsByBucket())
            rollout.Expose(flag, key, reason.IsOn());
        if (_recordings != 0 && Current is { RecordsEvaluations: true } action)
            action.Evaluated(flag, key, reason, variant);
    }
}
