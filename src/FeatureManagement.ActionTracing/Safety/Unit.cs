namespace FeatureManagement.ActionTracing.Safety;

/// <summary>Where a unit is remembered: it never moves. Nowhere, for a unit that was not taken in.</summary>
internal readonly struct Unit(ulong[] page, int place)
{
    /// <summary>A place that is taken; no mark, for it never goes.</summary>
    public const ulong Taken = 1;

    /// <summary>The unit counts for the split.</summary>
    public const ulong Counted = 2;

    /// <summary>It will go on to count: an action of it has ended that was not ignored.</summary>
    public const ulong Kept = 4;

    public const ulong AtRisk = 8;
    public const ulong Bad = 16;
    public const ulong SlowAtRisk = 32;
    public const ulong Slow = 64;

    /// <summary>The bits that say what is known of a unit; the others are its hash.</summary>
    public const ulong Marks = Counted | Kept | AtRisk | Bad | SlowAtRisk | Slow;

    public bool IsKnown => page is not null;

    public bool IsCounted => (Volatile.Read(ref page[place]) & Counted) != 0;

    /// <summary>Sets marks and answers those that were not set before. One caller at a time for each unit.</summary>
    public ulong Mark(ulong marks)
    {
        ulong before = page[place];
        page[place] = before | marks;
        return marks & ~before;
    }

    /// <summary>Counts the unit no longer, unless it is kept; whether it was counted until now. One caller at a time for each unit.</summary>
    public bool Forget()
    {
        ulong before = page[place];
        if ((before & (Counted | Kept)) != Counted)
            return false;
        page[place] = before & ~Counted;
        return true;
    }
}
