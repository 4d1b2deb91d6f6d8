using System.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Safety;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>An action that is under way. Ends once, however often it is told to. Never reused. Thread-safe.</summary>
internal sealed class RunningAction
{
    private readonly ActionServices _services;
    private readonly long _start;
    private ActionTrace? _trace;
    private int _ended;
    private volatile bool _failed;
    private volatile bool _givenUp;

    public RunningAction(ActionServices services, RunningAction? parent, bool counts)
    {
        _services = services;
        Parent = parent;
        // Of nested actions the outermost counts; one that was begun before anything was watched records nothing.
        Exposures = parent is not null ? parent.Exposures : counts ? new ActionExposures() : null;
        _start = services.Time.GetTimestamp();
        services.Ambient.Current = this;
    }

    public RunningAction? Parent { get; }

    /// <summary>The exposures of the outermost action, or null.</summary>
    public ActionExposures? Exposures { get; }

    public Activity? Activity => _trace?.Activity;

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Whether flags that are asked go into the trace.</summary>
    public bool RecordsEvaluations => _trace is { RecordsEvaluations: true };

    /// <summary>Begins the trace, where tracing is on for the action.</summary>
    public void Trace(ActionTrace trace) => _trace = trace;

    public void Fail(Exception? exception, string? type)
    {
        _failed = true;
        _trace?.Fail(exception, type);
    }

    public void Ignore()
    {
        if (Parent is null)
            Exposures?.Ignore();
    }

    public void GiveUp() => _givenUp = true;

    public void Rename(string name) => _trace?.Rename(name);

    public void SetTag(string name, object? value) => _trace?.SetTag(name, value);

    public void Evaluated(CompiledFlag flag, string? key, EvaluationReason reason, int variant) => _trace?.Evaluated(flag, key, reason, variant);

    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        TimeSpan duration = _services.Time.GetElapsedTime(_start);
        _services.Ambient.Leave(this);
        // The outcome first: listeners to activities may do anything.
        if (Parent is null)
            Exposures?.End(new ActionOutcome(_failed, duration, _givenUp));
        _trace?.End(duration, _failed);
    }
}
