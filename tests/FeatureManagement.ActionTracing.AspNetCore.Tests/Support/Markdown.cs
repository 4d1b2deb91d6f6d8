using System.Text.RegularExpressions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>The parts of a page that tests run.</summary>
internal static partial class Markdown
{
    /// <summary>The blocks of code in a language, in their order, without the indentation of a list.</summary>
    public static string[] Blocks(string text, string language) =>
        [.. Block().Matches(text).Where(block => block.Groups[2].Value == language).Select(block => ("\n" + block.Groups[3].Value).Replace("\n" + block.Groups[1].Value, "\n", StringComparison.Ordinal)[1..])];

    /// <summary>What is below a heading of the second level.</summary>
    public static string Section(string text, string heading)
    {
        string rest = text[text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        int end = rest.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>The anchors that a page's headings make, as GitHub does.</summary>
    public static HashSet<string> Anchors(string text) =>
        [.. Heading().Matches(text).Select(heading => NotInAnchor().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    /// <summary>The targets of links and images.</summary>
    public static string[] Links(string text) => [.. Link().Matches(text).Select(link => link.Groups[1].Value)];

    [GeneratedRegex("^( *)```([a-z]+)\n(.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)\s]+)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
