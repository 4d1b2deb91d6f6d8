using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FeatureManagement.ActionTracing.Tests.Architecture;

/// <summary>How long lines are, and how many conditional expressions there are. The bounds only shrink.</summary>
public sealed class StyleTests
{
    private const int MaxLength = 140;
    private const int PreferredLength = 120;
    private const int MaxTooLong = 0;
    private const double MaxLongFraction = 0.05;
    private const double MaxConditionals = 0.01; // for each line

    private static readonly (string Path, string Text)[] Files = [.. SourceText.Files()];
    private static readonly (string Path, int Number, int Length)[] Lines =
        [.. Files.SelectMany(file => file.Text.TrimEnd().Split('\n').Select((line, i) => (file.Path, i + 1, line.TrimEnd('\r').Length)))];

    [Fact]
    public void Lines_InSources_AreNeverTooLong()
    {
        string[] tooLong = [.. Lines.Where(line => line.Length > MaxLength).Select(line => $"{line.Path}:{line.Number}: {line.Length}")];
        Assert.True(tooLong.Length <= MaxTooLong, $"{tooLong.Length} lines above {MaxLength}:\n{string.Join('\n', tooLong)}");
    }

    [Fact]
    public void Lines_InSources_AreMostlyShort()
    {
        int count = Lines.Count(line => line.Length > PreferredLength);
        Assert.True(count <= MaxLongFraction * Lines.Length, $"{count} of {Lines.Length} lines above {PreferredLength}.");
    }

    [Fact]
    public void Conditionals_InSources_AreRare()
    {
        (string Path, int Count)[] counts = [.. Files.Select(file => (file.Path, Conditionals(file.Text))).OrderByDescending(file => file.Item2)];
        int all = counts.Sum(file => file.Count);
        Assert.True(all <= MaxConditionals * Lines.Length, $"{all} conditional expressions in {Lines.Length} lines, most of them in:\n"
            + string.Join('\n', counts.Take(30).Select(file => $"{file.Path}: {file.Count}")));
    }

    private static int Conditionals(string text) =>
        CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<ConditionalExpressionSyntax>().Count();
}
