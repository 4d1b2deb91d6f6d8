using System.Collections.Frozen;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>The least that an evaluation can cost: a frozen look-up, a hash (or a frozen set) and a compare.</summary>
internal sealed class Floor(IEnumerable<string> names)
{
    private readonly FrozenDictionary<string, Flag> _flags = names.ToFrozenDictionary(
        name => name, name => new Flag(Bucket.Seed(name), ulong.MaxValue / 2, World.AllowList.ToFrozenSet(StringComparer.Ordinal)), StringComparer.Ordinal);

    public bool Hash(string name, string key) =>
        _flags.TryGetValue(name, out Flag? flag) && XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key.AsSpan()), flag.Seed) < flag.Threshold;

    public bool Set(string name, string key) => _flags.TryGetValue(name, out Flag? flag) && flag.Users.Contains(key);

    private sealed record Flag(long Seed, ulong Threshold, FrozenSet<string> Users);
}
