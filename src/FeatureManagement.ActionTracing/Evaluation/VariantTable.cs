using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>
/// The variants of a flag as percentile ranges, assigned as Microsoft's feature management assigns them in any
/// language: the first four bytes of SHA-256 of <c>key\nseed</c>, in percent of 2^32 - 1. Immutable.
/// </summary>
internal sealed class VariantTable
{
    private const int StackLimit = 256; // cleared at each call; enough for GUIDs and most e-mail addresses

    private readonly FlagVariant[] _variants;
    private readonly bool[] _configured;
    private readonly Range[] _ranges;
    private readonly IConfigurationSection?[] _sections;
    private readonly byte[] _suffix;
    private readonly long _memoSeed;

    public VariantTable(FlagDefinition flag)
    {
        _variants = [.. flag.Variants];
        _configured = [.. flag.Variants.Select(variant => variant.Config.Count > 0)];
        Seed = "allocation\n" + flag.Name.ToLowerInvariant();
        _suffix = Encoding.UTF8.GetBytes("\n" + Seed);
        _ranges = RangesOf(flag.Variants);
        _sections = new IConfigurationSection?[flag.Variants.Count];
        _memoSeed = MemoSeed();
    }

    /// <summary>The table of a flag; null where it has no variants.</summary>
    public static VariantTable? Of(FlagDefinition flag)
    {
        if (flag.Variants.Count == 0)
            return null;
        return new VariantTable(flag);
    }

    public IReadOnlyList<FlagVariant> Variants => _variants;

    /// <summary>The allocation seed of Microsoft.FeatureManagement.</summary>
    public string Seed { get; }

    public IReadOnlyList<Range> Ranges => _ranges;

    /// <summary>
    /// The configuration of the variant at an index, detached from live configuration; made at first use.
    /// </summary>
    public IConfigurationSection Section(int variant) =>
        Volatile.Read(ref _sections[variant]) ?? (_sections[variant] = VariantSection.Create(_variants[variant]));

    /// <summary>The index of a variant by its name as defined, or -1.</summary>
    public int PlaceOf(string? name) => Array.FindIndex(_variants, variant => variant.Name == name);

    public string NameOf(int variant) => _variants[variant].Name;

    /// <summary>
    /// Creates the variant at an index for Microsoft.FeatureManagement. A new object each time, because it is mutable.
    /// </summary>
    public Variant CreateVariant(int variant)
    {
        var given = new Variant { Name = _variants[variant].Name };
        if (_configured[variant])
            given.Configuration = Section(variant);
        return given;
    }

    /// <summary>The index of the variant for a key, remembered in <paramref name="memo"/> where there is one.</summary>
    public int Assign(string key, bool ignoreCase, VariantMemo? memo)
    {
        if (memo is null || _ranges.Length > VariantMemo.MaxVariants)
            return Allocate(key, ignoreCase);
        ulong hash = Bucket.Hash(key, _memoSeed);
        int variant = memo.Find(hash);
        if (variant < 0)
        {
            variant = Allocate(key, ignoreCase);
            memo.Add(hash, variant);
        }
        return variant;
    }

    private int Allocate(string key, bool ignoreCase)
    {
        // Microsoft.FeatureManagement lowers keys by the current culture; equal assignments need the same.
        if (ignoreCase)
            key = key.ToLower(CultureInfo.CurrentCulture);

        int length = Encoding.UTF8.GetMaxByteCount(key.Length) + _suffix.Length;
        Span<byte> text = length <= StackLimit ? stackalloc byte[StackLimit] : new byte[length];
        int written = Encoding.UTF8.GetBytes(key, text);
        _suffix.CopyTo(text[written..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..(written + _suffix.Length)], hash);

        double percentile = MemoryMarshal.Read<uint>(hash) / (double)uint.MaxValue * 100;
        for (int i = 0; i < _ranges.Length; i++)
            if (percentile >= _ranges[i].From && (_ranges[i].To == 100 || percentile < _ranges[i].To))
                return i;
        return _ranges.Length - 1;
    }

    private static Range[] RangesOf(IReadOnlyList<FlagVariant> variants)
    {
        decimal total = variants.Sum(variant => variant.Weight);
        var ranges = new Range[variants.Count];
        decimal sum = 0;
        double from = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            sum += variants[i].Weight;
            double to = 100;
            if (i != ranges.Length - 1)
                to = (double)(sum / total * 100);
            ranges[i] = new Range(from, to);
            from = to;
        }
        return ranges;
    }

    /// <summary>
    /// Differs wherever an assignment could, so that a memo shared by all flags never outlives a change of weights.
    /// </summary>
    private long MemoSeed()
    {
        var hash = new XxHash3();
        hash.Append(_suffix);
        hash.Append(MemoryMarshal.AsBytes(_ranges.AsSpan()));
        return (long)hash.GetCurrentHashAsUInt64();
    }

    /// <summary>From (inclusive) and to (exclusive, but inclusive at 100), in percent.</summary>
    public readonly record struct Range(double From, double To);
}
