using System.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>An action that is under way. Ends once, however often its end is called. Never reused. Thread-safe.</summary>
internal sealed class RunningAction
{
    private readonly AmbientAction _ambient;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly RunningAction _outermost;
    private IActionTrace? _trace;
    private volatile TargetingContext? _known;
    private volatile Func<FeatureFlagContext>? _caller;
    private int _ended;
    private volatile bool _failed;
    private volatile bool _isFailureKnown;
    private volatile bool _givenUp;

    public RunningAction(AmbientAction ambient, TimeProvider time, RunningAction? parent, bool counts, FeatureFlagContext? context = null)
    {
        _ambient = ambient;
        _time = time;
        Parent = parent;
        Context = context ?? parent?.Context;
        _known = context ?? parent?._known;
        // Of nested actions the outermost counts. Inside one that does not count, as a WebSocket, an action is the outermost again.
        if (parent is { Counts: true })
            _outermost = parent._outermost;
        else
            _outermost = this;
        if (ReferenceEquals(_outermost, this))
            Exposures = counts ? new ActionExposures() : null;
        else
            Exposures = _outermost.Exposures;
        _start = time.GetTimestamp();
        ambient.Current = this;
    }

    public RunningAction? Parent { get; }

    /// <summary>The context that the action was begun with, else that of the action around it; null where neither has one.</summary>
    public FeatureFlagContext? Context { get; }

    /// <summary>
    /// For whom the action is: its own context, or what the first evaluation in it was made for; null where neither is
    /// known yet.
    /// </summary>
    public TargetingContext? Known => _known;

    /// <summary>The exposures of the outermost action, or null.</summary>
    public ActionExposures? Exposures { get; }

    public Activity? Activity => _trace?.Activity;

    /// <summary>Whether there is a trace to name: an activity, a line in a file or a measurement.</summary>
    public bool IsTraced => _trace is not null;

    /// <summary>Whether its outcome counts for rollouts.</summary>
    private bool Counts => Exposures is { IsIgnored: false };

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Whether flags that are asked go into the trace.</summary>
    public bool RecordsEvaluations => _trace is { RecordsEvaluations: true };

    /// <summary>Whether the trace still depends on for whom the action is.</summary>
    public bool IsUndecided => _trace is { IsUndecided: true };

    /// <summary>Begins the trace, where tracing is on for the action or may be.</summary>
    public void Trace(IActionTrace trace) => _trace = trace;

    /// <summary>Says how to find out for whom the action is, where nothing that it evaluates says so.</summary>
    public void Identify(Func<FeatureFlagContext> caller) => _caller = caller;

    /// <summary>It has become known for whom the action is, and those around it.</summary>
    public void Know(TargetingContext context)
    {
        for (RunningAction? action = this; action is not null; action = action.Parent)
        {
            action._known ??= context;
            action._trace?.Decide(context);
        }
    }

    /// <summary>Decides what is traced, by what is known by now.</summary>
    public void Decide()
    {
        if (IsUndecided)
            _trace!.Decide(FindKnown());
    }

    // Each asks for its own caller alone: an action inside a request may end on any thread, before the user is known,
    // or after the request, when the request's own objects belong to another one.
    private TargetingContext? FindKnown()
    {
        if (_known is null && _caller is { } caller)
            _known = caller();
        _caller = null;
        TargetingContext? known = _known;
        for (RunningAction? around = Parent; known is null && around is not null; around = around.Parent)
            known = around._known;
        return known;
    }

    public void Fail(Exception? exception, string? type)
    {
        FailAlone(exception, type);
        if (!ReferenceEquals(_outermost, this))
            _outermost.FailAlone(null, type ?? exception?.GetType().FullName);
        // What was cancelled may have been by the caller who leaves; any other failure stays one.
        if (exception is not OperationCanceledException)
            _outermost._isFailureKnown = true;
    }

    /// <summary>Fails this action and not the outermost: what was thrown may still be caught there.</summary>
    public void FailAlone(Exception? exception, string? type)
    {
        _failed = true;
        _trace?.Fail(exception, type);
    }

    public void Ignore()
    {
        if (ReferenceEquals(_outermost, this))
            Exposures?.Ignore();
    }

    public void GiveUp() => _givenUp = true;

    public void Rename(string name) => _trace?.Rename(name);

    public void SetTag(string name, object? value) => _trace?.SetTag(name, value);

    public void Evaluated(CompiledFlag flag, string? key, EvaluationReason reason, int variant) =>
        _trace?.Evaluated(flag, key, reason, variant);

    public void End()
    {
        Decide(); // inside the action, for the flags of tracing may be watched themselves
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        TimeSpan duration = _time.GetElapsedTime(_start);
        _ambient.Leave(this);
        // The outcome first: listeners to activities may do anything.
        if (ReferenceEquals(_outermost, this))
            Exposures?.End(new ActionOutcome(_failed, duration, _givenUp && !_isFailureKnown));
        _trace?.End(duration, _failed);
    }
}
