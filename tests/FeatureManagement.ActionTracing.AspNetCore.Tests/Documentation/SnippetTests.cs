using System.Text;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>Each block of C# in the documentation compiles, with what its page has introduced before it.</summary>
public sealed class SnippetTests
{
    // What a block speaks of without declaring it.
    private const string Parameters =
        "WebApplicationBuilder builder, WebApplication app, ActionTracingWebOptions web, IServiceCollection services, IFeatureFlagManager flags, IRolloutManager rollouts, "
        + "IActionTracer tracer, IAuditLog audit, IEvaluationAudit evaluations, ILogger logger";

    private const string Usings = """
        global using FeatureManagement.ActionTracing;
        global using FeatureManagement.ActionTracing.Contracts;
        global using FeatureManagement.ActionTracing.Storage;
        global using Microsoft.FeatureManagement;
        global using Microsoft.FeatureManagement.AspNetCore;
        global using Microsoft.FeatureManagement.Mvc;
        global using OpenTelemetry.Metrics;
        global using OpenTelemetry.Trace;
        """;

    // Types that a page leaves to its reader.
    private static readonly Dictionary<string, string> Left = new()
    {
        ["gating-methods.md"] = """
            public sealed class Recommendations : IRecommendations
            {
                public Task<string[]> ForAsync(string product) => throw new NotSupportedException();
                public IAsyncEnumerable<string> Stream(string product) => throw new NotSupportedException();
                public Task RateAsync(string product, int stars) => throw new NotSupportedException();
            }
            """,
        ["storage.md"] = """
            public sealed class MyStore : IActionTracingStore
            {
                public IStateStore State => throw new NotSupportedException();
                public IUnitStore Units => throw new NotSupportedException();
                public IEvaluationStore Evaluations => throw new NotSupportedException();
            }
            """,
    };

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Blocks_OfEveryPage_Compile()
    {
        using var project = new TempDirectory();
        project.Write("Usings.cs", Usings);
        int number = 0;
        foreach (string page in Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
            foreach (string block in Markdown.Blocks(await File.ReadAllTextAsync(page), "csharp").Where(block => !block.StartsWith("using FeatureManagement", StringComparison.Ordinal)))
                project.Write($"{Path.GetFileNameWithoutExtension(page)}{++number}.cs", Wrap(block, Path.GetFileName(page), number));
        Assert.True(number > 10);
        string source = Path.Combine(Repository.Root, "src");
        project.Write("Snippets.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <OutputType>Library</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="{source}/FeatureManagement.ActionTracing.Sample/FeatureManagement.ActionTracing.Sample.csproj" />
                <ProjectReference Include="{Repository.Root}/tests/FeatureManagement.ActionTracing.Contracts/FeatureManagement.ActionTracing.Contracts.csproj" />
              </ItemGroup>
            </Project>
            """);

        // What it refers to has been built: the tests are built upon it.
        await CommandLine.RunAsync(project.Path, "dotnet", "build", "-v", "q", "-p:BuildProjectReferences=false");
    }

    /// <summary>A block declares types, or has statements, or has statements after types.</summary>
    private static string Wrap(string block, string page, int number)
    {
        bool declares = block.StartsWith("public ", StringComparison.Ordinal) || block.StartsWith('[');
        int end = declares ? block.LastIndexOf("\n}\n", StringComparison.Ordinal) + 3 : 0;
        return new StringBuilder($"namespace Snippet{number};\n")
            .Append(block[..end])
            .AppendLine(Left.GetValueOrDefault(page))
            .AppendLine($"internal static class Block {{ public static async Task RunAsync({Parameters}) {{ await Task.CompletedTask;")
            .Append(block[end..])
            .AppendLine("} }")
            .ToString();
    }
}
