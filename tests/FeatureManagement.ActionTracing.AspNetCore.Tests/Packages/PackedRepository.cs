namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Packages;

/// <summary>
/// A clone of this repository that is packed once, by the commands of README, for all tests of packages. NuGet's settings and its cache of packages are copies, so that a run
/// leaves nothing on the machine and a package that was installed before cannot hide the new one.
/// </summary>
public sealed class PackedRepository : IAsyncLifetime, IDisposable
{
    private static readonly string[] Generated = [".git", "bin", "obj", "packages", "TestResults", "artifacts", "BenchmarkDotNet.Artifacts"];

    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, string> _environment = new()
    {
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        // The build of the tests has analyzed the code.
        ["RunAnalyzers"] = "false",
    };

    /// <summary>The clone.</summary>
    public string Root => _directory.File("repository");

    /// <summary>The environment of a shell whose user has run the commands.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>What README says of using the packages.</summary>
    public string Use { get; } = Markdown.Section(File.ReadAllText(Path.Combine(Repository.Root, "README.md")), "Use it");

    public string PackageOf(string project) => Directory.GetFiles(Path.Combine(Root, "packages"), $"{project}.?.*.nupkg").Single();

    public Task<string> RunAsync(string directory, string command, params string[] args) => CommandLine.RunAsync(directory, _environment, command, args);

    public async Task InitializeAsync()
    {
        string installed = await CommandLine.RunAsync(_directory.Path, "dotnet", "nuget", "locals", "global-packages", "--list");
        _environment["NUGET_FALLBACK_PACKAGES"] = installed[(installed.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        _environment["NUGET_PACKAGES"] = _directory.File("installed");
        _environment["DOTNET_CLI_HOME"] = _directory.File("home");
        CopySettings();
        Copy(new DirectoryInfo(Repository.Root), Root);
        // A commit of now, and with it a version that no feed has.
        if (Git.Path is not null)
        {
            await CommandLine.RunAsync(Root, "git", "init", "--quiet");
            await CommandLine.RunAsync(Root, "git", "add", "--all");
            await CommandLine.RunAsync(Root, "git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "--message", "copy");
        }
        await RunAsync(Root, "sh", "-ec", Markdown.Blocks(Use, "sh")[0]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    // The feeds that this machine uses, without the one that README adds.
    private void CopySettings()
    {
        string home = System.Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        string settings = Path.Combine(home, ".nuget", "NuGet", "NuGet.Config");
        if (!File.Exists(settings))
            return;
        Directory.CreateDirectory(_directory.File(Path.Combine("home", ".nuget", "NuGet")));
        string[] lines = [.. File.ReadAllLines(settings).Where(line => !line.Contains("\"action-tracing\"", StringComparison.Ordinal))];
        File.WriteAllLines(_directory.File(Path.Combine("home", ".nuget", "NuGet", "NuGet.Config")), lines);
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (FileInfo file in from.EnumerateFiles().Where(file => !Generated.Contains(file.Name)))
            file.CopyTo(Path.Combine(to, file.Name));
        foreach (DirectoryInfo directory in from.EnumerateDirectories().Where(directory => !Generated.Contains(directory.Name)))
            Copy(directory, Path.Combine(to, directory.Name));
    }
}
