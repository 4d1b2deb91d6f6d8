using System.Diagnostics;
using System.Text.RegularExpressions;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>What the documentation shows works.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void Links_OfEveryPage_LeadSomewhere()
    {
        string[] pages = [Path.Combine(Repository.Root, "README.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")];
        foreach (string page in pages)
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)), $"{page}: {link.Groups[1].Value} is not there");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Readme_CodeAndConfiguration_AreAnApplication()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        using var project = new TempDirectory();
        project.Write("Program.cs", Block(readme, "csharp"));
        project.Write("appsettings.json", Block(readme, "json").Replace("\"percentage\": 5", "\"percentage\": 100", StringComparison.Ordinal));
        string source = Path.Combine(Repository.Root, "src", "FeatureManagement.ActionTracing");
        project.Write("Readme.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="{source}.AspNetCore/FeatureManagement.ActionTracing.AspNetCore.csproj" />
                <ProjectReference Include="{source}.Sqlite/FeatureManagement.ActionTracing.Sqlite.csproj" />
              </ItemGroup>
            </Project>
            """);
        // What it refers to has been built: the tests are built upon it.
        using (Process build = Process.Start(new ProcessStartInfo("dotnet", ["build", project.Path, "-v", "q", "-p:BuildProjectReferences=false"]) { RedirectStandardOutput = true })!)
        {
            string said = await build.StandardOutput.ReadToEndAsync();
            await build.WaitForExitAsync();
            Assert.True(build.ExitCode == 0, said);
        }
        using SampleProcess app = await SampleProcess.StartAsync(project.Path, application: project.File("bin/Debug/net10.0/Readme.dll"));
        Assert.Equal("new", await app.GetAsync("/"));
        project.Write("appsettings.json", Block(readme, "json").Replace("rollout", "emergency_off", StringComparison.Ordinal));
        await Eventually.EqualAsync("old", () => app.GetAsync("/"));
    }

    private static string Block(string text, string language) => Regex.Match(text, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
