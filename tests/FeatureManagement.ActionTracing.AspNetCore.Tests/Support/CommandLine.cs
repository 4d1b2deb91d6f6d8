using System.Diagnostics;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>Commands as a user types them.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(10);

    /// <summary>Runs a command to its end and returns what it prints. A command that fails or does not end in ten minutes fails the test.</summary>
    public static Task<string> RunAsync(string directory, IReadOnlyDictionary<string, string> environment, string command, params string[] args) =>
        RunAsync(Describe(directory, environment, command, args), Bound);

    /// <summary>The same with a bound of its own, after which the command and all that it started are killed.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo start, TimeSpan bound)
    {
        string command = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        try
        {
            await Task.WhenAll(output, errors, process.WaitForExitAsync()).WaitAsync(bound);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{command}: did not end in {bound:c}");
        }
        Assert.True(process.ExitCode == 0, $"{command}: {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }

    public static Task<string> RunAsync(string directory, string command, params string[] args) => RunAsync(directory, new Dictionary<string, string>(), command, args);

    public static ProcessStartInfo Describe(string directory, IReadOnlyDictionary<string, string> environment, string command, params string[] args)
    {
        var start = new ProcessStartInfo(command, args) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        // A node of MSBuild that stays for the next build keeps the output open, and the test waits for its end.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return start;
    }
}
