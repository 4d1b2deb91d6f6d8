using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// A watch over one flag: from its opening to its disposal, every action's exposures to the flag and its outcome are
/// recorded. One reader at a time; recording goes on beside it.
/// </summary>
internal sealed class OutcomeWatch : IDisposable
{
    private const int MaxControlLatencies = 1_000;
    private const int MaxCopies = 100;

    private readonly FlagObservers _observers;
    private readonly TimeProvider _time;
    private readonly TimeSpan _window;
    private readonly Action _closed;
    private readonly Func<UnitSet> _units;
    private readonly Lock _gate = new();
    private readonly List<(long At, ActionCounts Actions)> _copies = [];
    private List<double>? _controlLatencies = [];
    private ActionCounts _earlierSteps;
    private WatchedStep _step;
    private double _slow = double.PositiveInfinity;
    private long _defaultKeys;
    private long _outsideActions;
    private bool _disposed;

    public OutcomeWatch(
        string flag, int step, decimal percentage, FlagObservers observers, AmbientAction action, TimeProvider time,
        TimeSpan window, Func<UnitSet> units, Action closed, Action<EarlyCheck>? due = null)
    {
        Flag = flag;
        Seed = Bucket.Seed(flag + "\nunits");
        _observers = observers;
        Action = action;
        _time = time;
        _window = window;
        _closed = closed;
        _units = units;
        Alarm = new BadOutcomeAlarm(due ?? (static _ => { }));
        Gated = new GatedOutcomes(time, window, units());
        _step = new WatchedStep(this, step, percentage, units(), new SpentUnits(units()), null);
        _copies.Add((time.GetTimestamp(), default));
        observers.Rollout = _step;
    }

    public string Flag { get; }

    /// <summary>The action in which an answer is given.</summary>
    public AmbientAction Action { get; }

    /// <summary>The seed of the units' hashes: another than the bucket's, so that what is sampled has nothing to do with the arm.</summary>
    public long Seed { get; }

    /// <summary>Calls for a safety check before its time.</summary>
    public BadOutcomeAlarm Alarm { get; }

    /// <summary>
    /// Exposed actions behind a gate of the flag, over all steps: nothing is compared there, so that steps do not
    /// matter.
    /// </summary>
    public GatedOutcomes Gated { get; }

    /// <summary>What an outcome must exceed to be slow, in milliseconds; infinite while none is set.</summary>
    public double SlowMilliseconds => Volatile.Read(ref _slow);

    /// <summary>
    /// Closes the step and opens another, because the flag's percentage has changed. May be called before or after the
    /// snapshot with the new percentage is in force: only answers given under <paramref name="percentage"/> count in the new
    /// step.
    /// </summary>
    /// <param name="step">Its number.</param>
    /// <param name="percentage">The flag's percentage in it.</param>
    /// <param name="newRound">
    /// Whether units count again; else those that were counted since the round began do not. Who was bad or slow is not
    /// so a second time in either case.
    /// </param>
    public void BeginStep(int step, decimal percentage, bool newRound)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _step.Close();
            _earlierSteps += _step.Read().Actions;
            _step = _step.Next(step, percentage, newRound ? _units() : null);
            _observers.Rollout = _step;
        }
    }

    /// <summary>Sets what is slow from now on, in this step and all later ones. Outcomes before do not count as at risk of it.</summary>
    public void SetSlowThreshold(TimeSpan threshold)
    {
        lock (_gate)
        {
            Volatile.Write(ref _slow, threshold.TotalMilliseconds);
            _controlLatencies = null;
        }
    }

    /// <summary>A copy of everything recorded so far.</summary>
    public OutcomeCounts Read()
    {
        lock (_gate)
        {
            (RolloutArm exposed, RolloutArm control, ActionCounts actions) = _step.Read();
            actions += _earlierSteps;
            return new OutcomeCounts
            {
                Flag = Flag,
                Step = _step.Number,
                Exposed = exposed,
                Control = control,
                Actions = actions,
                Window = actions - BeforeWindow_NeedsLock(actions),
                Gated = Gated.Read(),
                DefaultKeys = Interlocked.Read(ref _defaultKeys),
                OutsideActions = Interlocked.Read(ref _outsideActions),
                SlowThreshold = double.IsFinite(_slow) ? TimeSpan.FromMilliseconds(_slow) : null,
                ControlLatencies = _controlLatencies?.ToArray() ?? [],
                Sampling = _step.Sampling,
            };
        }
    }

    /// <summary>Ends the watch. Outcomes of actions that are still running are not recorded.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _step.Close();
            if (ReferenceEquals(_observers.Rollout, _step))
                _observers.Rollout = null;
        }
        _closed();
    }

    internal void CountDefaultKey() => Interlocked.Increment(ref _defaultKeys);

    internal void CountOutsideAction() => Interlocked.Increment(ref _outsideActions);

    internal void KeepControlLatency(double milliseconds)
    {
        if (Volatile.Read(ref _controlLatencies) is not { Count: < MaxControlLatencies })
            return;
        lock (_gate)
            if (_controlLatencies is { Count: < MaxControlLatencies } latencies)
                latencies.Add(milliseconds);
    }

    /// <summary>
    /// What had been counted when the window began: the youngest copy that is at least as old as the window, or the
    /// oldest there is.
    /// </summary>
    private ActionCounts BeforeWindow_NeedsLock(ActionCounts now)
    {
        long timestamp = _time.GetTimestamp();
        if (_time.GetElapsedTime(_copies[^1].At, timestamp) >= _window / MaxCopies)
            _copies.Add((timestamp, now));
        int youngest = _copies.FindLastIndex(copy => _time.GetElapsedTime(copy.At, timestamp) >= _window);
        if (youngest > 0)
            _copies.RemoveRange(0, youngest);
        return _copies[0].Actions;
    }
}
