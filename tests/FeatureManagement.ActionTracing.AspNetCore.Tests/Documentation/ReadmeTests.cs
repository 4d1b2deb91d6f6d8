using System.Text.RegularExpressions;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>What the documentation shows works.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void Links_OfEveryPage_LeadSomewhere()
    {
        string[] pages = [Path.Combine(Repository.Root, "README.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")];
        foreach (string page in pages)
            foreach (string link in Markdown.Links(File.ReadAllText(page)).Where(link => !link.StartsWith("https:", StringComparison.Ordinal)))
            {
                string[] parts = link.Split('#');
                string target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
                Assert.True(Path.Exists(target), $"{page}: {link} is not there");
                Assert.True(parts.Length == 1 || Markdown.Anchors(File.ReadAllText(target)).Contains(parts[1]), $"{page}: no heading is {link}");
            }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Worker_OfThePageOnActions_IsAProgram()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "action-tracing.md"));
        using var project = new TempDirectory();
        project.Write("Program.cs", Markdown.Blocks(Markdown.Section(page, "A worker or a console"), "csharp")[0]);
        project.Write("appsettings.json", ForEverybody(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))));
        await BuildAsync(project, "Microsoft.NET.Sdk", "FeatureManagement.ActionTracing");
        Assert.Contains("new", (await CommandLine.RunAsync(project.Path, "dotnet", project.File("bin/Debug/net10.0/Readme.dll"))).Split('\n'));
    }

    [Fact]
    public void Readme_Namespaces_AreAllThatThePackagesHave()
    {
        Type[] types = [typeof(FeatureManagementBuilderExtensions), typeof(ActionTracingWebOptions), typeof(SqliteActionTracingBuilderExtensions)];
        IEnumerable<string?> exported = types.SelectMany(type => type.Assembly.GetExportedTypes()).Select(type => type.Namespace).Distinct().Order();
        Assert.Equal(["FeatureManagement.ActionTracing", "FeatureManagement.ActionTracing.Storage"], exported);
    }

    [Fact]
    public void Ticket_NamesTestsAndFilesThatExist()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "ticket.md"));
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories);
        string tests = string.Concat(files.Select(File.ReadAllText));
        string[] named = [.. Name().Matches(page).Select(name => name.Groups[1].Value).SelectMany(name => name.Split('.'))];
        Assert.True(named.Length > 50);
        Assert.All(named, name => Assert.True(
            tests.Contains($"class {name}", StringComparison.Ordinal) || tests.Contains($" {name}(", StringComparison.Ordinal),
            $"docs/ticket.md: no test is called {name}"));

        string source = Path.Combine(Repository.Root, "src", "FeatureManagement.ActionTracing");
        Assert.All(
            SourceFile().Matches(page).Select(file => file.Groups[1].Value),
            file => Assert.True(Path.Exists(Path.Combine(source, file + ".cs")), $"docs/ticket.md: no file is called {file}"));
    }

    /// <summary>A test class, a test, or both.</summary>
    [GeneratedRegex(@"`(\w+Tests(?:\.\w+)?|[A-Z]\w*_\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"`((?:Flags|Configuration|Evaluation)/\w+)`")]
    private static partial Regex SourceFile();

    private static string ForEverybody(string readme) => Markdown.Blocks(readme, "json")[0].Replace("\"percentage\": 5", "\"percentage\": 100", StringComparison.Ordinal);

    private static async Task BuildAsync(TempDirectory project, string sdk, params string[] references)
    {
        string source = Path.Combine(Repository.Root, "src");
        project.Write("Readme.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(references.Select(name => $"<ProjectReference Include=\"{source}/{name}/{name}.csproj\" />"))}
              </ItemGroup>
            </Project>
            """);
        // What it refers to has been built: the tests are built upon it.
        await CommandLine.RunAsync(project.Path, "dotnet", "build", "-v", "q", "-p:BuildProjectReferences=false");
    }
}
