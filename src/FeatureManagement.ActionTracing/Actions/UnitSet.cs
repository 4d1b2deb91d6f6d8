namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// Distinct units, eight bytes each. Levels that double in size, cut into pages that are made at first use: nothing is ever moved, not
/// even by the garbage collector, so that taking in a unit needs no lock and nobody waits for growth. Thread-safe.
/// </summary>
/// <remarks>
/// Memory is bounded by sampling: beyond <paramref name="full"/> units, a new one is taken in only where its hash lies
/// below a threshold, which halves with every further <paramref name="stride"/>. The hash has nothing to do with the
/// arm, so both arms are thinned alike, and a unit that is in stays in.
/// </remarks>
internal sealed class UnitSet(int full = 500_000, int stride = 50_000)
{
    private const int Ways = 8;
    private const int FirstLevel = 4_096;
    private const int PageLength = 16_384; // large enough for the heap of large objects, small enough to be cleared in no time
    private const int Levels = 8;

    private readonly ulong[]?[]?[] _levels = new ulong[]?[]?[Levels];
    private ulong _threshold = ulong.MaxValue;
    private int _count;

    /// <summary>How many units were taken in.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The part of new units that is taken in.</summary>
    public double Sampling => Volatile.Read(ref _threshold) / (double)ulong.MaxValue;

    /// <summary>Finds a unit or takes it in.</summary>
    /// <param name="hash">
    /// The unit's hash: its upper bits sample, its middle bits place, and all but the lowest 24 identify, together with
    /// the place.
    /// </param>
    public Unit Take(ulong hash) => Find(hash, takes: true);

    /// <summary>Finds a unit.</summary>
    public Unit Find(ulong hash) => Find(hash, takes: false);

    private Unit Find(ulong hash, bool takes)
    {
        ulong tag = hash & ~Unit.Marks | Unit.Taken;
        for (int level = 0; level < Levels; level++)
        {
            ulong[] page = PageOf(level, hash, out int start);
            for (int place = start; place < start + Ways; place++)
            {
                ulong entry = Volatile.Read(ref page[place]);
                if (entry == 0)
                {
                    if (!takes || hash > Volatile.Read(ref _threshold))
                        return default;
                    entry = Interlocked.CompareExchange(ref page[place], tag, 0);
                    if (entry == 0)
                    {
                        Thin(Interlocked.Increment(ref _count));
                        return new Unit(page, place);
                    }
                }
                // Another thread's entry, perhaps made this very moment, and perhaps for the same unit.
                if ((entry & ~Unit.Marks) == tag)
                    return new Unit(page, place);
            }
        }
        return default;
    }

    private ulong[] PageOf(int level, ulong hash, out int start)
    {
        int slots = FirstLevel << level;
        int slot = (int)(hash >> 8) & (slots - Ways);
        int length = Math.Min(slots, PageLength);
        start = slot & (length - 1);
        ulong[]?[] pages = Volatile.Read(ref _levels[level])
            ?? Interlocked.CompareExchange(ref _levels[level], new ulong[]?[slots / length], null) ?? _levels[level]!;
        ref ulong[]? page = ref pages[slot / length];
        return Volatile.Read(ref page) ?? Interlocked.CompareExchange(ref page, new ulong[length], null) ?? page;
    }

    private void Thin(int count)
    {
        // Each count comes once, so each halving happens once.
        if (count < full || (count - full) % stride != 0)
            return;
        ulong before = Volatile.Read(ref _threshold);
        while (true)
        {
            ulong seen = Interlocked.CompareExchange(ref _threshold, before >> 1, before);
            if (seen == before)
                return;
            before = seen;
        }
    }
}
