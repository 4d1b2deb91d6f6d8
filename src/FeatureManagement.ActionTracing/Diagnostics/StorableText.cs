using System.Buffers;
using System.Text;

namespace FeatureManagement.ActionTracing.Diagnostics;

/// <summary>
/// Which text a store gives back as it was. Engines end a text at U+0000, and half of a surrogate pair has no form in UTF-8. Pure.
/// </summary>
internal static class StorableText
{
    private static readonly SearchValues<char> Suspect =
        SearchValues.Create([.. Enumerable.Range(0xd800, 0x800).Prepend(0).Select(code => (char)code)]);

    /// <summary>Whether every store keeps the text.</summary>
    public static bool IsStorable(string text) => FirstFault(text, 0) < 0;

    /// <summary>The text with U+FFFD for each character that a store does not keep; the same instance where there is none.</summary>
    public static string Replace(string text)
    {
        int fault = FirstFault(text, 0);
        if (fault < 0)
            return text;
        var kept = new StringBuilder(text);
        for (; fault >= 0; fault = FirstFault(text, fault + 1))
            kept[fault] = '\uFFFD';
        return kept.ToString();
    }

    private static int FirstFault(string text, int start)
    {
        for (int i = start; i < text.Length; i++)
        {
            int next = text.AsSpan(i).IndexOfAny(Suspect);
            if (next < 0)
                return -1;
            i += next;
            if (!char.IsSurrogatePair(text, i))
                return i;
            i++;
        }
        return -1;
    }
}
