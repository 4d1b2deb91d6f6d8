using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>A stamp of all that a flag says, for whoever asks whether it is still what was read.</summary>
internal static class FlagStamp
{
    public static string Of(FlagDefinition flag) => Of(StoredJson.Write(flag));

    public static string Of(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan())).ToString("x16", CultureInfo.InvariantCulture);
}
