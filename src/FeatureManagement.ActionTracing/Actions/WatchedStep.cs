using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// What is recorded of one flag while its percentage stays the same: who saw it and how it went. A unit is seen and timed
/// once in a round of steps, and bad and slow once in the whole watch. Thread-safe.
/// </summary>
internal sealed class WatchedStep : IExposureObserver
{
    private readonly OutcomeWatch _watch;
    private readonly ulong _threshold;
    private readonly UnitSet _units;
    private readonly SpentUnits _spent;
    private readonly WatchedStripe[] _stripes = new WatchedStripe[64];
    private volatile bool _closed;

    /// <param name="watch">The watch.</param>
    /// <param name="number">The step's number.</param>
    /// <param name="percentage">The flag's percentage in it.</param>
    /// <param name="units">The units of its round.</param>
    /// <param name="spent">Those that were bad or slow in any round.</param>
    /// <param name="before">The step before, or null.</param>
    public WatchedStep(OutcomeWatch watch, int number, decimal percentage, UnitSet units, SpentUnits spent, WatchedStep? before)
    {
        _watch = watch;
        _threshold = Bucket.Threshold(percentage);
        _units = units;
        _spent = spent;
        Number = number;
        for (int i = 0; i < _stripes.Length; i++)
            _stripes[i] = new WatchedStripe(before?._stripes[i].Gate ?? new Lock());
    }

    public int Number { get; }

    public string Flag => _watch.Flag;

    public double Sampling => _units.Sampling;

    /// <summary>Whether an answer of a flag belongs here: an evaluation that began before the percentage changed does not.</summary>
    public bool Covers(CompiledFlag flag) => flag.Threshold == _threshold && !_closed;

    public ulong HashOf(string key) => Bucket.Hash(key, _watch.Seed);

    /// <summary>The step after this one.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="percentage">The flag's percentage in it.</param>
    /// <param name="units">The units of a new round; null in the same one.</param>
    public WatchedStep Next(int number, decimal percentage, UnitSet? units) =>
        new(_watch, number, percentage, units ?? _units, _spent, this);

    /// <summary>Takes note of an exposure, before the code behind the flag runs.</summary>
    public Exposure Expose(string key, ulong hash, bool exposed)
    {
        if (key == FeatureFlagContext.DefaultKey)
        {
            _watch.CountDefaultKey();
            return new Exposure(this, key, hash, default, exposed);
        }
        Unit unit = _units.Take(hash);
        if (unit.IsKnown && !unit.IsCounted)
        {
            WatchedStripe stripe = StripeOf(hash);
            lock (stripe.Gate)
                if (!_closed)
                {
                    stripe.Of(exposed).Add(unit.Mark(Unit.Counted, Number));
                    _spent.CopyTo(unit, hash, Number);
                }
        }
        return new Exposure(this, key, hash, unit, exposed);
    }

    public void Expose(CompiledFlag flag, string key, bool on)
    {
        if (!Covers(flag))
            return;
        RunningAction? action = _watch.Action.Current;
        if (action is null || action.Exposures?.Add(this, key, on) == false)
            _watch.CountOutsideAction();
    }

    /// <summary>Takes note of how an action ended. Of a closed step, nothing that is compared is: both arms lose alike.</summary>
    public void Complete(Exposure exposure, ActionOutcome outcome, Comparability comparability)
    {
        if (exposure.Key == FeatureFlagContext.DefaultKey)
            return;
        double milliseconds = outcome.Duration.TotalMilliseconds;
        double slow = _watch.SlowMilliseconds; // infinite while none is set
        bool compares = comparability == Comparability.Full;
        if (outcome.GivenUp && compares && milliseconds <= slow)
        {
            Forget(exposure);
            return;
        }
        if (comparability == Comparability.None)
            BeginGated(exposure);
        bool error = outcome.Error && !outcome.GivenUp;
        (bool gatedUnit, bool gatedWindow) = (false, false);
        ulong first = 0;
        ulong marks = Unit.Counted | Unit.Kept | OutcomeMarks.Of(outcome, comparability, milliseconds, slow);
        WatchedStripe stripe = StripeOf(exposure.Hash);
        lock (stripe.Gate) // a unit has one in all steps, so its marks and counts change together
        {
            if (error && exposure.Gated is { } visit)
                (gatedUnit, gatedWindow) = _watch.Gated.Fail(exposure.Hash, visit);
            bool open = !_closed;
            // Given up where latency is not compared: nothing but maxLatency sees a page that hangs. It lasted at least so long.
            if (open && exposure.Exposed && !(outcome.GivenUp && compares))
                stripe.Actions += new ActionCounts(1, error ? 1 : 0, outcome.Duration);
            if (open && exposure.Unit.IsKnown)
            {
                first = exposure.Unit.Mark(marks, Number);
                if ((first & (Unit.Bad | Unit.Slow)) != 0)
                    first = _spent.Take(exposure.Hash, first);
                if (first != 0)
                    stripe.Of(exposure.Exposed).Add(first, milliseconds);
            }
        }
        if ((first & Unit.Timed) != 0 && !exposure.Exposed && double.IsInfinity(slow))
            _watch.KeepControlLatency(milliseconds);
        Call(first, exposedError: exposure.Exposed && error, gatedUnit, gatedWindow);
    }

    /// <summary>Takes note that a gate of the flag answered in the action, once.</summary>
    public void BeginGated(Exposure exposure)
    {
        if (!exposure.Exposed || exposure.Key == FeatureFlagContext.DefaultKey)
            return;
        lock (StripeOf(exposure.Hash).Gate)
            exposure.Gated ??= _watch.Gated.Begin(exposure.Hash);
    }

    /// <summary>
    /// Takes note of an action that means nothing: a unit of which there is no other action is as if nobody had seen
    /// it. Another one that is still running will count it again when it ends.
    /// </summary>
    public void Forget(Exposure exposure)
    {
        WatchedStripe stripe = StripeOf(exposure.Hash);
        lock (stripe.Gate)
        {
            if (exposure.Unit.IsKnown && !_closed && exposure.Unit.Forget(Number))
                stripe.Of(exposure.Exposed).Subtract();
            if (exposure.Gated is { } visit)
                _watch.Gated.Forget(exposure.Hash, visit);
        }
    }

    public void Close() => _closed = true;

    public (RolloutArm Exposed, RolloutArm Control, ActionCounts Actions) Read()
    {
        ActionCounts actions = default;
        (ArmCounter exposed, ArmCounter control) = (new ArmCounter(), new ArmCounter());
        foreach (WatchedStripe stripe in _stripes)
        {
            lock (stripe.Gate)
            {
                exposed.Add(stripe.Of(exposed: true));
                control.Add(stripe.Of(exposed: false));
                actions += stripe.Actions;
            }
        }
        return (exposed.Copy(), control.Copy(), actions);
    }

    /// <summary>Outside of the lock: a safety check may be due.</summary>
    private void Call(ulong first, bool exposedError, bool gatedUnit, bool gatedWindow)
    {
        if ((first & Unit.Bad) != 0)
            _watch.Alarm.CountBad();
        if ((first & Unit.Slow) != 0)
            _watch.Alarm.CountSlow();
        if (!exposedError)
            return;
        _watch.Alarm.CountExposedError();
        if (gatedUnit)
            _watch.Alarm.CountGatedUnit();
        if (gatedWindow)
            _watch.Alarm.CountGatedError();
    }

    private WatchedStripe StripeOf(ulong hash) => _stripes[(hash >> 58) & 63];
}
