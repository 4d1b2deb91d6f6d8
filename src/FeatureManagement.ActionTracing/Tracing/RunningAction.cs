using FeatureManagement.ActionTracing.Safety;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>An action that is under way. Ends once, however often it is told to. Never reused.</summary>
internal sealed class RunningAction
{
    private readonly AmbientAction _ambient;
    private readonly TimeProvider _time;
    private readonly long _start;
    private int _ended;
    private volatile bool _failed;
    private volatile bool _ignored;

    public RunningAction(AmbientAction ambient, RunningAction? parent, bool watched, TimeProvider time)
    {
        _ambient = ambient;
        _time = time;
        Parent = parent;
        // Of nested actions the outermost counts; one that was begun before anything was watched records nothing.
        Exposures = parent is not null ? parent.Exposures : watched ? new ActionExposures() : null;
        _start = time.GetTimestamp();
        ambient.Current = this;
    }

    public RunningAction? Parent { get; }

    /// <summary>The exposures of the outermost action, or null.</summary>
    public ActionExposures? Exposures { get; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    public void Fail() => _failed = true;

    public void Ignore() => _ignored = true;

    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _ambient.Current = Parent;
        if (Parent is null)
            Exposures?.End(_ignored ? null : new ActionOutcome(_failed, _time.GetElapsedTime(_start)));
    }
}
