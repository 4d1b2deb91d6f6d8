using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>A hash of all that a flag says, for optimistic concurrency.</summary>
internal static class FlagETag
{
    // A definition never changes and stays in the snapshots that follow: the page asks for all of them again and again.
    private static readonly ConditionalWeakTable<FlagDefinition, string> Known = [];

    public static string Of(FlagDefinition flag) => Known.GetValue(flag, static one => Of(StoredJson.Write(one)));

    public static string Of(string text) =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan())).ToString("x16", CultureInfo.InvariantCulture);
}
