namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>
/// Remembers variant assignments of all flags. Each entry is one word, the upper 56 bits of a 64-bit hash and the
/// variant, so that reading and writing need no lock and no allocation; the lower 14 bits are the entry's place.
/// Together these are the whole hash: with a full memo, one look-up in 2^48 finds the variant of another key, until the
/// memo is cleared at the end of its period. Thread-safe.
/// </summary>
internal sealed class VariantMemo : IDisposable
{
    public const int MaxVariants = 255;

    private const int Ways = 4;
    private const int Sets = 1 << 14;
    private const ulong VariantBits = 0xFF;

    private readonly ITimer _timer;
    private ulong[]? _entries;

    public VariantMemo(TimeSpan timeToLive, TimeProvider time) =>
        _timer = time.CreateTimer(static memo => ((VariantMemo)memo!).Forget(), this, timeToLive, timeToLive);

    /// <summary>The variant that was added under this hash, or -1.</summary>
    public int Find(ulong hash)
    {
        if (Volatile.Read(ref _entries) is not { } entries)
            return -1;
        ReadOnlySpan<ulong> set = entries.AsSpan(Place(hash), Ways);
        ulong tag = hash & ~VariantBits;
        foreach (ulong entry in set)
            if ((entry & ~VariantBits) == tag)
                return (int)(entry & VariantBits) - 1; // an empty entry has no variant: -1
        return -1;
    }

    public void Add(ulong hash, int variant)
    {
        ulong[] entries = Volatile.Read(ref _entries)
            ?? Interlocked.CompareExchange(ref _entries, new ulong[Sets * Ways], null)
            ?? _entries;
        Span<ulong> set = entries.AsSpan(Place(hash), Ways);
        // The newest comes first and the oldest drops out. A race loses an entry at worst, because each entry is one
        // word.
        set[..^1].CopyTo(set[1..]);
        set[0] = (hash & ~VariantBits) | (uint)(variant + 1);
    }

    public void Dispose() => _timer.Dispose();

    private static int Place(ulong hash) => (int)(hash & (Sets - 1)) * Ways;

    private void Forget()
    {
        if (_entries is { } entries)
            Array.Clear(entries);
    }
}
