using System.Text.RegularExpressions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>The parts of a page that tests run.</summary>
internal static partial class Markdown
{
    /// <summary>The blocks of code in a language, in their order.</summary>
    public static string[] Blocks(string text, string language) =>
        [.. Block().Matches(text).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value)];

    /// <summary>What is below a heading of the second level.</summary>
    public static string Section(string text, string heading)
    {
        string rest = text[text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        int end = rest.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>The targets of links and images.</summary>
    public static string[] Links(string text) => [.. Link().Matches(text).Select(link => link.Groups[1].Value)];

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)\s]+)[^)]*\)")]
    private static partial Regex Link();
}
