using System.Text.Json;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Storage.Audit;

/// <summary>
/// A list in an audit entry: its length, and what of it is on this side of the change alone, as far as it fits.
/// Immutable.
/// </summary>
/// <param name="Count">How many values the list has.</param>
/// <param name="Removed">Before a change: values that the list loses. Null where it loses none.</param>
/// <param name="Added">After a change: values that are new in the list. Null where none are.</param>
/// <param name="More">How many further values were removed or added; null where all are named.</param>
internal sealed record AuditList(int Count, IReadOnlyList<string>? Removed, IReadOnlyList<string>? Added, int? More)
{
    /// <summary>How many bytes the values of a list may take.</summary>
    public const int MaxBytes = 500;

    public static AuditList Before(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        (IReadOnlyList<string>? removed, int? more) = Difference(before, after);
        return new AuditList(before.Count, removed, null, more);
    }

    public static AuditList After(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        (IReadOnlyList<string>? added, int? more) = Difference(after, before);
        return new AuditList(after.Count, null, added, more);
    }

    /// <summary>How many bytes a text takes in a document, with its quotes and the comma.</summary>
    public static int SizeOf(string text) => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length + 3;

    private static (IReadOnlyList<string>? Values, int? More) Difference(IReadOnlyList<string> list, IReadOnlyList<string> other)
    {
        var known = other.ToHashSet(StringComparer.Ordinal);
        string[] alone = [.. list.Where(value => !known.Contains(value))];
        var named = new List<string>();
        int size = 0;
        foreach (string value in alone)
        {
            string shown = ForeignText.Quote(value);
            if ((size += SizeOf(shown)) > MaxBytes)
                break;
            named.Add(shown);
        }
        return (alone.Length == 0 ? null : named, alone.Length == named.Count ? null : alone.Length - named.Count);
    }
}
