namespace FeatureManagement.ActionTracing.Safety;

/// <summary>Where a unit is remembered: it never moves. Nowhere, for a unit that was not taken in.</summary>
internal readonly struct Unit(ulong[] page, int place)
{
    public const ulong Seen = 1;
    public const ulong AtRisk = 2;
    public const ulong Bad = 4;
    public const ulong SlowAtRisk = 8;
    public const ulong Slow = 16;

    /// <summary>The bits that say what is known of a unit; the others are its hash.</summary>
    public const ulong Marks = 31;

    public bool IsKnown => page is not null;

    /// <summary>Sets marks and answers those that were not set before. One caller at a time for each unit.</summary>
    public ulong Mark(ulong marks)
    {
        ulong before = page[place];
        page[place] = before | marks;
        return marks & ~before;
    }
}
