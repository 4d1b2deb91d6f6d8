namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>Where the repository lies.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "FeatureManagement.ActionTracing.sln")) ? directory : Find(Path.GetDirectoryName(directory)!);
}
