using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Packages;

/// <summary>What is in the packages that users install.</summary>
[Collection(OnePack.Name)]
[Trait("Speed", "Slow")]
public sealed class PackageTests(PackedRepository repository)
{
    [Theory]
    [InlineData("FeatureManagement.ActionTracing")]
    [InlineData("FeatureManagement.ActionTracing.AspNetCore")]
    [InlineData("FeatureManagement.ActionTracing.Sqlite")]
    public async Task Package_HasDocumentationAndTheReadme(string project)
    {
        using ZipArchive package = await OpenAsync(project);

        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{project}.dll");
        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{project}.xml");
        Assert.Contains(package.Entries, entry => entry.FullName == "README.md");
    }

    [GitFact]
    public async Task Pack_LeavesNothingThatGitWouldAdd() => Assert.Empty(await repository.RunAsync(repository.Root, "git", "status", "--porcelain"));

    /// <summary>A feed shows the page without the repository around it.</summary>
    [Theory]
    [InlineData("FeatureManagement.ActionTracing", "docs/action-tracing.md")]
    [InlineData("FeatureManagement.ActionTracing.AspNetCore", "README.md")]
    [InlineData("FeatureManagement.ActionTracing.Sqlite", "README.md")]
    public async Task Readme_OfAPackage_HasNoRelativeLinkAndCodeThatTheDocumentationRuns(string project, string page)
    {
        using ZipArchive package = await OpenAsync(project);
        string readme = await ReadAsync(package, "README.md");
        string tested = await File.ReadAllTextAsync(Path.Combine(Repository.Root, page));

        Assert.StartsWith($"# {project}\n", readme, StringComparison.Ordinal);
        Assert.All(Markdown.Links(readme), link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        Assert.All(Markdown.Blocks(readme, "csharp"), block => Assert.Contains(block, tested, StringComparison.Ordinal));
        Assert.Contains($"dotnet add package {project}\n", readme, StringComparison.Ordinal);
    }

    /// <summary>Two packages of different commits would be a mixture that nobody has tested.</summary>
    [Fact]
    public async Task Packages_OfOneCommit_HaveOneVersionAndNameItForEachOther()
    {
        using ZipArchive package = await OpenAsync("FeatureManagement.ActionTracing.AspNetCore");
        XElement[] elements = [.. XDocument.Parse(await ReadAsync(package, "FeatureManagement.ActionTracing.AspNetCore.nuspec")).Descendants()];

        string version = elements.Single(element => element.Name.LocalName == "version").Value;
        Assert.Equal(version, elements.Single(element => (string?)element.Attribute("id") == "FeatureManagement.ActionTracing").Attribute("version")!.Value);
        foreach (string project in (string[])["FeatureManagement.ActionTracing", "FeatureManagement.ActionTracing.Sqlite"])
            Assert.Equal($"{project}.{version}.nupkg", Path.GetFileName(repository.PackageOf(project)));
    }

    /// <summary>An application that names a patch of its own, as one from a template does, must not be asked for a later one.</summary>
    [Fact]
    public async Task CorePackage_NeedsNoPatchOfTheFramework()
    {
        using ZipArchive package = await OpenAsync("FeatureManagement.ActionTracing");

        Assert.Equal(
            [("Microsoft.Extensions.Configuration.Json", "10.0.0"), ("Microsoft.Extensions.Hosting", "10.0.0"), ("System.IO.Hashing", "10.0.0")],
            XDocument.Parse(await ReadAsync(package, "FeatureManagement.ActionTracing.nuspec")).Descendants().Where(element => element.Name.LocalName == "dependency")
                .Select(element => ((string)element.Attribute("id")!, (string)element.Attribute("version")!))
                .Where(dependency => dependency.Item1 != "Microsoft.FeatureManagement").Order());
    }

    [Fact]
    public async Task CorePackage_GivesEditorsItsSchema()
    {
        using ZipArchive package = await OpenAsync("FeatureManagement.ActionTracing");
        using var directory = new TempDirectory();
        await package.ExtractToDirectoryAsync(directory.File("extracted"));
        directory.Write("consumer.proj", """
            <Project><Import Project="extracted/buildTransitive/FeatureManagement.ActionTracing.targets" /></Project>
            """);

        string segments = await CommandLine.RunAsync(directory.Path, "dotnet", "msbuild", directory.File("consumer.proj"), "-getItem:JsonSchemaSegment");

        using JsonDocument items = JsonDocument.Parse(segments);
        JsonElement segment = Assert.Single(items.RootElement.GetProperty("Items").GetProperty("JsonSchemaSegment").EnumerateArray());
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "appsettings.schema.json")),
            await File.ReadAllTextAsync(segment.GetProperty("FullPath").GetString()!));
        Assert.Matches(segment.GetProperty("FilePathPattern").GetString()!, "appsettings.Production.json");
        Assert.Matches(segment.GetProperty("FilePathPattern").GetString()!, "appsettings.json");
    }

    private Task<ZipArchive> OpenAsync(string project) => ZipFile.OpenReadAsync(repository.PackageOf(project));

    private static async Task<string> ReadAsync(ZipArchive package, string entry)
    {
        using var reader = new StreamReader(await package.GetEntry(entry)!.OpenAsync());
        return await reader.ReadToEndAsync();
    }
}
