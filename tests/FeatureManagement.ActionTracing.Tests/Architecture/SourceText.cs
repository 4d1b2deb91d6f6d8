namespace FeatureManagement.ActionTracing.Tests.Architecture;

/// <summary>The source files of the repository as text.</summary>
internal static class SourceText
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The C# files of <c>src</c>, by their paths within the repository.</summary>
    public static IEnumerable<(string Path, string Text)> Files()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(Root, file).Replace('\\', '/');
            if (!path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
                yield return (path, File.ReadAllText(file));
        }
    }

    private static string Find(string? directory)
    {
        if (directory is null)
            throw new InvalidOperationException("The tests must run inside the repository.");
        return File.Exists(Path.Combine(directory, "FeatureManagement.ActionTracing.sln")) ? directory : Find(Path.GetDirectoryName(directory));
    }
}
