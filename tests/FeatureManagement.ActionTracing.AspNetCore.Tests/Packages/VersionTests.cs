using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Packages;

/// <summary>The version of a package, by the build files of this repository in a repository of the test's own.</summary>
[Trait("Speed", "Slow")]
public sealed class VersionTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();

    public VersionTests()
    {
        Directory.CreateDirectory(Path.Combine(Root, "Library"));
        foreach (string file in (string[])["Directory.Build.props", "Directory.Build.targets", ".gitignore"])
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(Root, file));
        Write("Library.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <IsPackable>true</IsPackable>
              </PropertyGroup>
            </Project>
            """);
        Write("Library.cs", "namespace Library; internal static class Library { }\n");
    }

    private string Root => _directory.File("repository");

    private string Assembly => Path.Combine(Root, "Library", "bin", "Debug", "net10.0", "Library.dll");

    public void Dispose() => _directory.Dispose();

    [GitFact]
    public async Task Version_IsTheTimeOfTheCommit_InEachKindOfCheckout()
    {
        await CommitAsync(Noon);
        Assert.Equal("0.1.1772366400", await VersionAsync(Root));

        await CommitAsync(Noon.AddSeconds(1));
        Assert.Equal("0.1.1772366401", await VersionAsync(Root));

        await GitAsync("worktree", "add", "--quiet", _directory.File("worktree"));
        Assert.Equal("0.1.1772366401", await VersionAsync(_directory.File("worktree")));

        await GitAsync("clone", "--quiet", "--depth", "1", "file://" + Root, _directory.File("shallow"));
        Assert.Equal("0.1.1772366401", await VersionAsync(_directory.File("shallow")));
    }

    [GitFact]
    public async Task Version_WhereNoCommitIsKnown_IsFixed()
    {
        // A source archive.
        Assert.Equal("0.1.0", await VersionAsync(Root));

        await GitAsync("init", "--quiet");
        Assert.Equal("0.1.0", await VersionAsync(Root));

        await CommitAsync(Noon);
        // A machine with a shell and without git.
        string programs = Directory.CreateDirectory(_directory.File("programs")).FullName;
        File.CreateSymbolicLink(Path.Combine(programs, "sh"), "/bin/sh");
        Assert.Equal("0.1.0", await VersionAsync(Root, new Dictionary<string, string> { ["PATH"] = programs }, Environment.ProcessPath!));
    }

    [GitTheory]
    [InlineData("-p:Version=2.0.0", "2.0.0")]
    [InlineData("-p:VersionSuffix=beta", "0.1.1772366400-beta")]
    public async Task Version_OfTheCommandLine_IsTaken(string argument, string expected)
    {
        await CommitAsync(Noon);
        Assert.Equal(expected, await VersionAsync(Root, arguments: argument));
    }

    /// <summary>And a build with nothing to do compiles nothing.</summary>
    [GitFact]
    public async Task Assembly_OfOneCommit_IsEqualInTwoCleanBuilds()
    {
        await CommitAsync(Noon);
        byte[] first = await BuildAsync();
        DateTime written = File.GetLastWriteTimeUtc(Assembly);
        Assert.Equal(first, await BuildAsync());
        Assert.Equal(written, File.GetLastWriteTimeUtc(Assembly));

        foreach (string generated in (string[])["bin", "obj"])
            Directory.Delete(Path.Combine(Root, "Library", generated), recursive: true);
        Assert.Equal(first, await BuildAsync());
        Assert.Equal(new Version(0, 1, 0, 0), AssemblyName.GetAssemblyName(Assembly).Version);
    }

    private async Task<byte[]> BuildAsync()
    {
        await CommandLine.RunAsync(Root, "dotnet", "build", "Library", "-v", "q");
        return await File.ReadAllBytesAsync(Assembly);
    }

    private static async Task<string> VersionAsync(string root, IReadOnlyDictionary<string, string>? environment = null, string dotnet = "dotnet", string arguments = "-p:Configuration=Release")
    {
        string properties = await CommandLine.RunAsync(root, environment ?? new Dictionary<string, string>(), dotnet,
            "msbuild", "Library", "-target:StampVersion", arguments, "-getProperty:PackageVersion", "-getProperty:Version");
        JsonElement versions = JsonDocument.Parse(properties).RootElement.GetProperty("Properties");
        Assert.Equal(versions.GetProperty("Version").GetString(), versions.GetProperty("PackageVersion").GetString());
        return versions.GetProperty("Version").GetString()!;
    }

    private async Task CommitAsync(DateTimeOffset at)
    {
        if (!Directory.Exists(Path.Combine(Root, ".git")))
            await GitAsync("init", "--quiet");
        await GitAsync("add", "--all");
        var environment = new Dictionary<string, string> { ["GIT_COMMITTER_DATE"] = string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeSeconds()} +0100") };
        await CommandLine.RunAsync(Root, environment, "git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "--allow-empty", "--message", "commit");
    }

    private Task<string> GitAsync(params string[] args) => CommandLine.RunAsync(Root, "git", args);

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(Root, "Library", name), content);
}
