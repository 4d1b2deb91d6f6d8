using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>
/// What the start costs, beside the same application with Microsoft.FeatureManagement alone: processes take turns, and
/// the first answer is one that a flag decides.
/// </summary>
internal static class StartRows
{
    private const int ColdStarts = 5;
    private const int WarmHosts = 20;
    private static readonly string[] Kinds = ["without", "sqlite", "mapped", "memory"];

    public static IEnumerable<Row> Measure() => MeasureAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var rows = new List<Row>();
        string directory = Directory.CreateTempSubdirectory("action-tracing-").FullName;
        foreach (int flags in (int[])[5, 50, 1_000])
        {
            StartHost.WriteSettings(directory, flags);
            rows.AddRange(await ColdAsync(directory, flags));
        }
        StartHost.WriteSettings(directory, 50);
        rows.AddRange(await WarmAsync(directory));
        Directory.Delete(directory, recursive: true);
        return rows;
    }

    private static async Task<IReadOnlyList<Row>> ColdAsync(string directory, int flags)
    {
        var times = Kinds.ToDictionary(kind => kind, _ => new List<double>());
        var bytes = Kinds.ToDictionary(kind => kind, _ => new List<double>());
        await ColdStartAsync("without", directory); // the files of the runtime are in memory after it
        for (int i = 0; i < ColdStarts; i++)
            foreach (string kind in Kinds)
            {
                (double time, double allocated) = await ColdStartAsync(kind, directory);
                times[kind].Add(time);
                bytes[kind].Add(allocated);
            }
        string job = string.Create(CultureInfo.InvariantCulture, $"start, {flags:N0} flags");
        double baseTime = Measurement.Median(times["without"]);
        double baseBytes = Measurement.Median(bytes["without"]);
        return
        [
            new Row(job, "without us", baseTime, "ms"),
            Row.Ratio(job, "SQLite, mapped / without us", Measurement.Median(times["sqlite"]), baseTime, 1.6),
            Row.Ratio(job, "in memory, mapped / without us", Measurement.Median(times["mapped"]), baseTime, 1.6),
            Row.Ratio(job, "in memory, not mapped / without us", Measurement.Median(times["memory"]), baseTime, 1.3),
            new Row(job, "allocated without us", baseBytes / 1024 / 1024, "MB"),
            Row.Ratio(job, "allocated, SQLite, mapped / without us", Measurement.Median(bytes["sqlite"]), baseBytes, 1.6),
        ];
    }

    private static async Task<(double Milliseconds, double Bytes)> ColdStartAsync(string kind, string directory)
    {
        StartHost.UseSettings(directory, kind);
        File.Delete(Path.Combine(directory, "action-tracing.db"));
        using var client = new HttpClient();
        long start = Stopwatch.GetTimestamp();
        using var host = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--start", kind, directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var address = new Uri(await host.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The host did not start."));
        string answer = await client.GetStringAsync(address);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (answer != "on")
            throw new InvalidOperationException($"The flag answered '{answer}'.");
        string allocated = await client.GetStringAsync(new Uri(address, "/allocated"));
        host.StandardInput.Close();
        await host.WaitForExitAsync();
        return (elapsed, double.Parse(allocated, CultureInfo.InvariantCulture));
    }

    // As a test suite does: hosts one after the other in one process.
    private static async Task<IReadOnlyList<Row>> WarmAsync(string directory)
    {
        var starts = new Dictionary<string, double>();
        var stops = new Dictionary<string, double>();
        foreach (string kind in (string[])["without", "mapped"])
        {
            StartHost.UseSettings(directory, kind);
            for (int i = 0; i < WarmHosts; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await using WebApplication app = StartHost.Build(kind, directory);
                await app.StartAsync();
                starts[kind] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                long stop = Stopwatch.GetTimestamp();
                await app.StopAsync();
                stops[kind] = Stopwatch.GetElapsedTime(stop).TotalMilliseconds;
            }
        }
        string job = $"the {WarmHosts}th host of a process, 50 flags";
        return
        [
            new Row(job, "built and started without us", starts["without"], "ms"),
            new Row(job, "what we add, in memory, mapped", starts["mapped"] - starts["without"], "ms", 6),
            new Row(job, "what we add to stopping", stops["mapped"] - stops["without"], "ms", 1),
        ];
    }
}
