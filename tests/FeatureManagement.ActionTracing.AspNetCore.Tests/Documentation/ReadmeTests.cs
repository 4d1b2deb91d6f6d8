using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;
using Microsoft.FeatureManagement;

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
        project.Write("appsettings.json", ForEverybody(readme));
        await BuildAsync(project, "Microsoft.NET.Sdk.Web", "FeatureManagement.ActionTracing.AspNetCore", "FeatureManagement.ActionTracing.Sqlite");
        using SampleProcess app = await SampleProcess.StartAsync(project.Path, application: project.File("bin/Debug/net10.0/Readme.dll"));
        Assert.Equal("new", await app.GetAsync("/"));
        project.Write("appsettings.json", Block(readme, "json").Replace("rollout", "emergency_off", StringComparison.Ordinal));
        await Eventually.EqualAsync("old", () => app.GetAsync("/"));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Worker_OfThePageOnActions_IsAProgram()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "action-tracing.md"));
        using var project = new TempDirectory();
        project.Write("Program.cs", Block(page[page.IndexOf("## A worker or a console", StringComparison.Ordinal)..], "csharp"));
        project.Write("appsettings.json", ForEverybody(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))));
        await BuildAsync(project, "Microsoft.NET.Sdk", "FeatureManagement.ActionTracing");
        Assert.Contains("new", (await RunAsync(project.Path, project.File("bin/Debug/net10.0/Readme.dll"))).Split('\n'));
    }

    /// <summary>A name is a type, or an extension method.</summary>
    [Fact]
    public async Task Readme_Namespaces_HaveWhatTheTableSays()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        string table = readme[readme.IndexOf("## Namespaces", StringComparison.Ordinal)..readme.IndexOf("## Read on", StringComparison.Ordinal)];
        HashSet<string> known =
        [
            .. new[] { typeof(FeatureManagementBuilderExtensions), typeof(ActionTracingWebOptions), typeof(Sqlite.ActionTracingBuilderExtensions), typeof(IFeatureManager) }
                .SelectMany(type => type.Assembly.GetExportedTypes())
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => $"{type.Namespace}.{method.Name}").Append($"{type.Namespace}.{type.Name}")),
        ];
        string[] named = [.. table.Split('\n').Select(line => Code().Matches(line).Select(code => code.Groups[1].Value).ToArray())
            .Where(row => row.Length > 1).SelectMany(row => row[1..].Select(name => $"{row[0]}.{name}"))];
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
    }

    private static string ForEverybody(string readme) => Block(readme, "json").Replace("\"percentage\": 5", "\"percentage\": 100", StringComparison.Ordinal);

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
        await RunAsync(project.Path, "build", "-v", "q", "-p:BuildProjectReferences=false");
    }

    private static async Task<string> RunAsync(string directory, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", args) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
        return said;
    }

    private static string Block(string text, string language) => Regex.Match(text, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
