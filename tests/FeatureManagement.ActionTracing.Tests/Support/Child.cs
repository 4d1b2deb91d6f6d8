using System.Diagnostics;
using FeatureManagement.ActionTracing.Tests.Experiments;
using FeatureManagement.ActionTracing.Tests.Tracing;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>This assembly as a process of its own, for tests that kill one.</summary>
internal static class Child
{
    public static Process Start(string program, params string[] args) => Process.Start(new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, program, .. args])
    {
        RedirectStandardOutput = true,
        RedirectStandardInput = true,
    })!;

    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [nameof(TraceWriter), var directory]:
                await TraceWriter.RunAsync(directory);
                return 0;
            case [nameof(ExperimentCrashTests), var database]:
                await ExperimentCrashTests.RunAsync(database);
                return 0;
            default:
                await Console.Error.WriteLineAsync("This is a test assembly: run it by 'dotnet test'.");
                return 1;
        }
    }
}
