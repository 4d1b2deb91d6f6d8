namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>
/// Remembers which units were recorded lately, so that they are not recorded again and again. It may forget: a unit
/// that is recorded twice is counted once. No lock, no allocation. Thread-safe.
/// </summary>
internal sealed class SeenUnits
{
    private const int Ways = 4;
    private const int Sets = 1 << 18;

    // Made when a step begins, never on the way of an evaluation; the operating system gives the memory as it is touched.
    private readonly ulong[] _entries = new ulong[Sets * Ways];

    public bool Contains(ulong unit)
    {
        ReadOnlySpan<ulong> set = _entries.AsSpan(Place(unit), Ways);
        return set[0] == unit || set[1] == unit || set[2] == unit || set[3] == unit;
    }

    public void Add(ulong unit)
    {
        Span<ulong> set = _entries.AsSpan(Place(unit), Ways);
        set[..^1].CopyTo(set[1..]);
        set[0] = unit;
    }

    private static int Place(ulong unit) => (int)(unit & (Sets - 1)) * Ways;
}
