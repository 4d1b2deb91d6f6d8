using CsCheck;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Text of unknown origin inside a sentence of ours: one line, no terminal escapes, a bounded length.</summary>
public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("plain text, Ωμέγα, \U0001f600, 'quotes' and \\", "plain text, Ωμέγα, \U0001f600, 'quotes' and \\")]
    [InlineData("a\nb\r\nc\td", @"a\nb\r\nc\td")]
    [InlineData("\u001b[31mred\u0000\u007f\u0085\u009b", @"\u001b[31mred\u0000\u007f\u0085\u009b")]
    [InlineData("a\u2028b\u2029c", @"a\u2028b\u2029c")]
    [InlineData("\u202eabc\u202c \u2066x\u2069 \u200e\u200f\u061c\ufeff", @"\u202eabc\u202c \u2066x\u2069 \u200e\u200f\u061c\ufeff")]
    public void Escape_ControlsSeparatorsAndBidirectionalMarks_AndNothingElse(string text, string escaped)
    {
        Assert.Equal(escaped, ForeignText.Escape(text));
        Assert.Equal(escaped, ForeignText.Quote(text));
    }

    // A theory's data must be valid text.
    [Fact]
    public void Escape_LoneSurrogates()
    {
        Assert.Equal(@"a\ud83dz", ForeignText.Escape("a\ud83dz"));
        Assert.Equal(@"\ude00\ud83d", ForeignText.Escape("\ude00\ud83d"));
        Assert.Equal("\U0001f600\\ude00", ForeignText.Escape("\U0001f600\ude00"));
    }

    [Fact]
    public void Quote_CutsAtAHundredCharacters_AndSaysTheLength()
    {
        string exact = new('x', 100);
        Assert.Same(exact, ForeignText.Quote(exact));
        Assert.Equal(exact + "… (4194304 characters)", ForeignText.Quote(new string('x', 4 << 20)));
        Assert.Equal(new string('x', 99) + "… (101 characters)", ForeignText.Quote(new string('x', 99) + "\U0001f600"));
        // What is shown has at most a hundred characters, escapes included.
        Assert.Equal(string.Concat(Enumerable.Repeat(@"\u0000", 16)) + "… (100 characters)", ForeignText.Quote(new string('\0', 100)));
    }

    [Fact]
    public void Cut_KeepsSurrogatePairsWhole()
    {
        Assert.Equal("abcd", ForeignText.Cut("abcd", 4));
        Assert.Equal("abc…", ForeignText.Cut("abcde", 4));
        Assert.Equal("ab…", ForeignText.Cut("ab\U0001f600cd", 4));
    }

    [Fact]
    public void AnyText_IsOneLineAndValid_AndBounded() => Gen.Char.Array[0, 300].Select(chars => new string(chars)).Sample(text =>
    {
        string quoted = ForeignText.Quote(text);
        Assert.True(quoted.Length <= ForeignText.MaxQuoted + "… (300 characters)".Length);
        Assert.DoesNotContain(quoted, char.IsControl);
        Assert.Equal(quoted, ForeignText.Escape(quoted));
        Assert.Equal(ForeignText.Escape(text), ForeignText.Escape(ForeignText.Escape(text)));
        Assert.Equal(text.Length <= 100 && ForeignText.Escape(text).Length <= 100, quoted == ForeignText.Escape(text));
    });
}
