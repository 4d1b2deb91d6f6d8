using System.Text.RegularExpressions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>docs/architecture.md names files and folders that exist, because it is the map of the code.</summary>
public partial class ArchitecturePageTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "src");
    private static readonly string Core = Path.Combine(Source, "FeatureManagement.ActionTracing");
    private static readonly string[] Folders = [Core, Source, Repository.Root];
    private static readonly string[] Generated = ["bin", "obj", "buildTransitive"];

    [Fact]
    public async Task Files_ThatThePageNames_Exist()
    {
        string[] files = [.. CodeFile().Matches(await ReadAsync("architecture.md")).Select(match => match.Groups[1].Value).Distinct()];

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(Folders.Any(folder => File.Exists(Path.Combine(folder, file))), $"{file} does not exist"));
    }

    [Fact]
    public async Task Floors_HaveEveryFolderOnce()
    {
        string floors = Markdown.Section(await ReadAsync("architecture.md"), "Floors");
        string[] listed = [.. Floor().Matches(floors).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
        string[] folders = [.. Directory.GetDirectories(Core).Select(folder => Path.GetFileName(folder)).Except(Generated).Order(StringComparer.Ordinal)];

        Assert.Equal(folders, listed);
    }

    [Fact]
    public async Task Pages_AreLinkedFromTheReadme()
    {
        string[] linked = Markdown.Links(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md")));
        IEnumerable<string> pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(page => "docs/" + Path.GetFileName(page));

        Assert.Empty(pages.Except(linked.Select(link => link.Split('#')[0])));
    }

    [Fact]
    public async Task Readme_IsShort() => Assert.True((await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "README.md"))).Length <= 120);

    private static Task<string> ReadAsync(string page) => File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", page));

    [GeneratedRegex(@"`([A-Za-z.]+(?:/[A-Za-z.]+)+\.cs)`")]
    private static partial Regex CodeFile();

    [GeneratedRegex(@"^\| \d \| `([A-Za-z]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Floor();
}
