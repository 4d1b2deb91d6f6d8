using FeatureManagement.ActionTracing.Tests.Support;
using FeatureManagement.ActionTracing.Tracing;

namespace FeatureManagement.ActionTracing.Tests.Tracing;

/// <summary>A process that writes traces as fast as it can until it is killed.</summary>
internal static class TraceWriter
{
    public static async Task RunAsync(string directory)
    {
        using var host = new TracingHost(traceOutput: new { maxFileSize = 200_000, maxFiles = 1_000 }, directory: directory,
            flags: [(TracingSwitches.Enabled, "enabled"), (TracingSwitches.Output, "enabled")]);
        Console.WriteLine("ready");
        for (int i = 0; ; i++)
        {
            host.Act("act" + new string('x', i % 200));
            if (i % 500 == 0)
                await Task.Yield();
        }
    }
}
