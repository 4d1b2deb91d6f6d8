using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FeatureManagement.ActionTracing.Tests.Architecture;

/// <summary>The public API of the packages stays small, and can grow without breaking its users. The bound only shrinks.</summary>
public sealed class PublicApiTests
{
    private const int MaxLines = 899;

    [Fact]
    public void PublicApi_OfAllPackages_IsSmall()
    {
        string[] files = Directory.GetFiles(Path.Combine(SourceText.Root, "src"), "PublicAPI.*.txt", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        int count = files.Sum(file => File.ReadLines(file).Count(line => line.Length > 0 && line[0] != '#'));
        Assert.True(count <= MaxLines, $"{count} lines of public API.");
    }

    /// <summary>The constructor of a positional type cannot get another parameter without breaking its callers.</summary>
    [Fact]
    public void PublicTypes_OfThePackages_AreNotPositional()
    {
        string[] positional =
        [
            .. SourceText.Files().Where(file => !file.Path.Contains(".Sample/", StringComparison.Ordinal))
                .SelectMany(file => Types(file.Text).Where(IsPositionalAndPublic).Select(type => $"{file.Path}: {type.Identifier}")),
        ];
        Assert.Empty(positional);
    }

    [Theory]
    [InlineData("public sealed record A(int X);", true)]
    [InlineData("public readonly record struct A(int X);", true)]
    [InlineData("internal sealed record A(int X);", false)]
    [InlineData("public sealed class A(int x);", true)]
    [InlineData("public sealed record A { public int X { get; init; } }", false)]
    [InlineData("internal static class B { public sealed record A(int X); }", false)]
    [InlineData("public static class B { public sealed record A(int X); }", true)]
    public void Type_PositionalOrNot_IsFound(string text, bool found) => Assert.Equal(found, Types(text).Any(IsPositionalAndPublic));

    private static IEnumerable<TypeDeclarationSyntax> Types(string text) =>
        CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>();

    private static bool IsPositionalAndPublic(TypeDeclarationSyntax declared) =>
        declared.ParameterList is not null
        && declared.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().All(type => type.Modifiers.Any(SyntaxKind.PublicKeyword));
}
