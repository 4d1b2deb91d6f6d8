using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>What is in the packages that users install.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("FeatureManagement.ActionTracing")]
    [InlineData("FeatureManagement.ActionTracing.AspNetCore")]
    [InlineData("FeatureManagement.ActionTracing.Sqlite")]
    public async Task Package_HasDocumentationAndTheReadme(string project)
    {
        using ZipArchive package = await PackAsync(project);

        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{project}.dll");
        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{project}.xml");
        Assert.Contains(package.Entries, entry => entry.FullName == "README.md");
    }

    /// <summary>An application that names a patch of its own, as one from a template does, must not be asked for a later one.</summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task CorePackage_NeedsNoPatchOfTheFramework()
    {
        using ZipArchive package = await PackAsync("FeatureManagement.ActionTracing");
        using var nuspec = new StreamReader(await package.GetEntry("FeatureManagement.ActionTracing.nuspec")!.OpenAsync());

        Assert.Equal(
            [("Microsoft.Extensions.Configuration.Json", "10.0.0"), ("Microsoft.Extensions.Hosting", "10.0.0"), ("System.IO.Hashing", "10.0.0")],
            XDocument.Parse(await nuspec.ReadToEndAsync()).Descendants().Where(element => element.Name.LocalName == "dependency")
                .Select(element => ((string)element.Attribute("id")!, (string)element.Attribute("version")!))
                .Where(dependency => dependency.Item1 != "Microsoft.FeatureManagement").Order());
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task CorePackage_TellsEditorsOfItsSchema()
    {
        using ZipArchive package = await PackAsync("FeatureManagement.ActionTracing");
        await package.ExtractToDirectoryAsync(_directory.File("extracted"));
        _directory.Write("consumer.proj", """
            <Project><Import Project="extracted/buildTransitive/FeatureManagement.ActionTracing.targets" /></Project>
            """);

        string segments = await RunAsync("msbuild", _directory.File("consumer.proj"), "-getItem:JsonSchemaSegment");

        using JsonDocument items = JsonDocument.Parse(segments);
        JsonElement segment = Assert.Single(items.RootElement.GetProperty("Items").GetProperty("JsonSchemaSegment").EnumerateArray());
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "appsettings.schema.json")),
            await File.ReadAllTextAsync(segment.GetProperty("FullPath").GetString()!));
        Assert.Matches(segment.GetProperty("FilePathPattern").GetString()!, "appsettings.Production.json");
        Assert.Matches(segment.GetProperty("FilePathPattern").GetString()!, "appsettings.json");
    }

    // What is packed has been built: the tests are built upon it.
    private async Task<ZipArchive> PackAsync(string project)
    {
        string configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        await RunAsync("pack", Path.Combine(Repository.Root, "src", project), "--no-build", "-c", configuration, "-o", _directory.File("packages"));
        return await ZipFile.OpenReadAsync(Directory.GetFiles(_directory.File("packages"), $"{project}.?.*.nupkg").Single());
    }

    private static async Task<string> RunAsync(params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", args) { RedirectStandardOutput = true })!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
        return said;
    }
}
