using System.Buffers;
using System.Globalization;
using System.Text;

namespace FeatureManagement.ActionTracing.Diagnostics;

/// <summary>
/// Makes text of unknown origin safe inside a sentence of ours: a line stays one line, a terminal obeys no escape
/// sequence, and a sentence has a bounded length. Pure; returns the same instance where there is nothing to change.
/// </summary>
internal static class ForeignText
{
    /// <summary>How many characters of a value a sentence shows.</summary>
    public const int MaxQuoted = 100;

    // Control characters, line separators and the marks that reorder text on a screen.
    private static readonly char[] Unsafe =
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(code => (char)code),
        '\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066',
        '\u2067', '\u2068', '\u2069', '\ufeff',
    ];

    private static readonly SearchValues<char> Escaped = SearchValues.Create(Unsafe);

    // Surrogates need a closer view: only one without its partner is unsafe.
    private static readonly SearchValues<char> Suspect =
        SearchValues.Create([.. Unsafe, .. Enumerable.Range(0xd800, 0x800).Select(code => (char)code)]);

    /// <summary>A value for a sentence: escaped, and cut to <see cref="MaxQuoted"/> characters with a note of its length.</summary>
    public static string Quote(string value)
    {
        if (value.Length <= MaxQuoted && Escape(value) is { Length: <= MaxQuoted } whole)
            return whole;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Append(new StringBuilder(MaxQuoted), value, MaxQuoted)}… ({value.Length} characters)");
    }

    /// <summary>The whole text with each unsafe character as <c>\n</c>, <c>\r</c>, <c>\t</c> or <c>\u001b</c>.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().ContainsAny(Suspect))
            return Append(new StringBuilder(text.Length + 16), text, int.MaxValue).ToString();
        return text;
    }

    /// <summary>The text itself, or its start with an ellipsis, in at most so many characters. A surrogate pair stays whole.</summary>
    public static string Cut(string text, int max)
    {
        if (text.Length <= max)
            return text;
        return text[..(char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1)] + "…";
    }

    // Stops before the first piece that would pass the bound.
    private static StringBuilder Append(StringBuilder to, string text, int max)
    {
        for (int i = 0; i < text.Length;)
        {
            int width = 1;
            if (char.IsSurrogatePair(text, i))
                width = 2;
            bool unsafeHere = width == 1 && (char.IsSurrogate(text[i]) || Escaped.Contains(text[i]));
            string? escape = null;
            if (unsafeHere)
                escape = EscapeOf(text[i]);
            if (to.Length + (escape?.Length ?? width) > max)
                break;
            if (escape is null)
                to.Append(text, i, width);
            else
                to.Append(escape);
            i += width;
        }
        return to;
    }

    private static string EscapeOf(char c) => c switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
    };
}
