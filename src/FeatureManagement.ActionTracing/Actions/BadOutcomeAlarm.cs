using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>Counts bad outcomes, and calls when there were enough of them to change the verdict of a safety check. Thread-safe.</summary>
/// <param name="due">
/// Called on the thread of the outcome, once for each time that it is armed and each kind of check; it must be quick.
/// </param>
internal sealed class BadOutcomeAlarm(Action<EarlyCheck> due)
{
    private long _bad;
    private long _slow;
    private long _exposedErrors;
    private long _gatedUnits;
    private long _gatedErrors;
    private Armed _armed = new(BadOutcomes.NeverReached);

    public BadOutcomes Counts => new(
        Interlocked.Read(ref _bad), Interlocked.Read(ref _slow), Interlocked.Read(ref _exposedErrors),
        Interlocked.Read(ref _gatedUnits), Interlocked.Read(ref _gatedErrors));

    /// <summary>Calls when any of the counts reaches its limit. One caller at a time.</summary>
    /// <param name="at">The limits.</param>
    /// <param name="check">What was checked: the limits of anything else stay as they are.</param>
    public void Arm(BadOutcomes at, EarlyCheck check)
    {
        Armed before = Volatile.Read(ref _armed);
        if (!check.HasFlag(EarlyCheck.Comparison))
            at = at with { Bad = before.At.Bad, Slow = before.At.Slow };
        var armed = new Armed(at) { Called = Volatile.Read(ref before.Called) & ~(int)check };
        Volatile.Write(ref _armed, armed);
        BadOutcomes now = Counts; // after it: of what is counted meanwhile one of the two sees that it is enough
        if (now.Bad >= at.Bad || now.Slow >= at.Slow)
            Call(armed, EarlyCheck.Comparison);
        if (now.ExposedErrors >= at.ExposedErrors || now.GatedUnits >= at.GatedUnits || now.GatedErrors >= at.GatedErrors)
            Call(armed, EarlyCheck.Absolute);
    }

    public void CountBad() => Count(ref _bad, static at => at.Bad, EarlyCheck.Comparison);

    public void CountSlow() => Count(ref _slow, static at => at.Slow, EarlyCheck.Comparison);

    public void CountExposedError() => Count(ref _exposedErrors, static at => at.ExposedErrors, EarlyCheck.Absolute);

    public void CountGatedUnit() => Count(ref _gatedUnits, static at => at.GatedUnits, EarlyCheck.Absolute);

    public void CountGatedError() => Count(ref _gatedErrors, static at => at.GatedErrors, EarlyCheck.Absolute);

    private void Count(ref long count, Func<BadOutcomes, long> limit, EarlyCheck check)
    {
        long now = Interlocked.Increment(ref count);
        Armed armed = Volatile.Read(ref _armed); // after counting: see Arm
        if (now >= limit(armed.At))
            Call(armed, check);
    }

    private void Call(Armed armed, EarlyCheck check)
    {
        if ((Interlocked.Or(ref armed.Called, (int)check) & (int)check) == 0)
            due(check);
    }

    private sealed class Armed(BadOutcomes at)
    {
        public int Called;

        public BadOutcomes At => at;
    }
}
