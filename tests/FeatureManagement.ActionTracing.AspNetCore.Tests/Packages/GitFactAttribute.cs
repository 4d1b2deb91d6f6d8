using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Packages;

/// <summary>A test that needs git. Without it the test is skipped, except where everything must be installed (<c>CI=true</c>).</summary>
internal sealed class GitFactAttribute : FactAttribute
{
    public GitFactAttribute() => Skip = Git.Skip;
}

/// <summary>The same for a theory.</summary>
internal sealed class GitTheoryAttribute : TheoryAttribute
{
    public GitTheoryAttribute() => Skip = Git.Skip;
}

/// <summary>Whether git is installed.</summary>
internal static class Git
{
    public static readonly string? Path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .Select(folder => System.IO.Path.Combine(folder, "git")).FirstOrDefault(File.Exists);

    public static string? Skip => Needs.Missing(new Needs(Path ?? "", "git is not installed: apt-get install git."));
}
