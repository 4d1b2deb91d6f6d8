namespace FeatureManagement.ActionTracing.Actions;

/// <summary>Where a unit is remembered: it never moves. Nowhere, for a unit that was not taken in.</summary>
internal readonly struct Unit(ulong[] page, int place)
{
    /// <summary>A place that is taken; no mark, for it never goes.</summary>
    public const ulong Taken = 1;

    /// <summary>The unit counts for the split.</summary>
    public const ulong Counted = 2;

    /// <summary>It will go on to count: an action of it has ended that was not ignored.</summary>
    public const ulong Kept = 4;

    /// <summary>An outcome of it was compared in this step, or it was bad before.</summary>
    public const ulong AtRisk = 8;

    public const ulong Bad = 16;

    /// <summary>The same as <see cref="AtRisk"/>, of being slow.</summary>
    public const ulong SlowAtRisk = 32;

    public const ulong Slow = 64;

    /// <summary>Its latency is known.</summary>
    public const ulong Timed = 128;

    /// <summary>The bits that say what is known of a unit; the others are its hash.</summary>
    public const ulong Marks = StepBits | Counted | Kept | AtRisk | Bad | SlowAtRisk | Slow | Timed;

    // In which step the marks were last set: a unit is at risk in one step at a time.
    private const ulong StepBits = 0xFF_FF00;
    private const int StepShift = 8;

    public bool IsKnown => page is not null;

    /// <summary>The number of the step in which it was last marked; numbers repeat after 65,536.</summary>
    public int Step => (int)((Volatile.Read(ref page[place]) & StepBits) >> StepShift);

    public bool IsCounted => Has(Counted);

    public bool Has(ulong mark) => (Volatile.Read(ref page[place]) & mark) != 0;

    /// <summary>
    /// Sets marks and answers those that were not set before. In another step than last time the unit is at risk again,
    /// unless it is bad already. One caller at a time for each unit.
    /// </summary>
    /// <param name="marks">The marks.</param>
    /// <param name="step">
    /// The number of the step. Numbers repeat after 65,536: who comes back in the same round just then is not found at
    /// risk again, in both arms alike.
    /// </param>
    public ulong Mark(ulong marks, int step)
    {
        ulong before = page[place];
        ulong now = NumberOf(step);
        if ((before & StepBits) != now)
            before = before & ~(StepBits | ((before & Bad) == 0 ? AtRisk : 0) | ((before & Slow) == 0 ? SlowAtRisk : 0)) | now;
        page[place] = before | marks;
        return marks & ~before;
    }

    /// <summary>
    /// Counts the unit no longer, unless it is kept or was counted in another step; whether it was counted until now.
    /// One caller at a time for each unit.
    /// </summary>
    public bool Forget(int step)
    {
        ulong before = page[place];
        if ((before & (StepBits | Counted | Kept)) != (NumberOf(step) | Counted))
            return false;
        page[place] = before & ~Counted;
        return true;
    }

    /// <summary>A step's number as <see cref="Step"/> says it.</summary>
    public static int StepOf(int number) => (int)(NumberOf(number) >> StepShift);

    private static ulong NumberOf(int step) => (ulong)step << StepShift & StepBits;
}
