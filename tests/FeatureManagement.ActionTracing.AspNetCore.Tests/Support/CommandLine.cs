using System.Diagnostics;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>Commands as a user types them.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command to its end and returns what it prints. A command that fails, fails the test with what it said.</summary>
    public static async Task<string> RunAsync(string directory, IReadOnlyDictionary<string, string> environment, string command, params string[] args)
    {
        using Process process = Process.Start(Describe(directory, environment, command, args))!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', args)}: {process.ExitCode}\n{output}\n{await errors}");
        return output;
    }

    public static Task<string> RunAsync(string directory, string command, params string[] args) => RunAsync(directory, new Dictionary<string, string>(), command, args);

    public static ProcessStartInfo Describe(string directory, IReadOnlyDictionary<string, string> environment, string command, params string[] args)
    {
        var start = new ProcessStartInfo(command, args) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return start;
    }
}
