using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>
/// Where a key falls within a flag: 64 bits, the same on every machine, independent between flags (docs/buckets.md).
/// </summary>
internal static class Bucket
{
    private const decimal Size = 18446744073709551616m; // 2^64

    public static long Seed(string flag) => (long)XxHash3.HashToUInt64(Bytes(flag.ToLowerInvariant()));

    public static ulong Hash(string key, long seed) => XxHash3.HashToUInt64(Bytes(key), seed);

    /// <summary>
    /// A context is on when its hash lies below this; a percentage of 100 has no threshold and is always on.
    /// </summary>
    public static ulong Threshold(decimal percentage) =>
        (ulong)Math.Clamp(decimal.Floor(percentage * Size / 100), 0, ulong.MaxValue);

    // .NET runs on little-endian machines only, so that a string's memory is its UTF-16LE encoding.
    private static ReadOnlySpan<byte> Bytes(string text) => MemoryMarshal.AsBytes(text.AsSpan());
}
