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
        var starts = Kinds.ToDictionary(kind => kind, _ => new List<ColdStart>());
        await ColdStartAsync("without", directory); // the files of the runtime are in memory after it
        for (int i = 0; i < ColdStarts; i++)
            foreach (string kind in Kinds)
                starts[kind].Add(await ColdStartAsync(kind, directory));
        string job = string.Create(CultureInfo.InvariantCulture, $"start, {flags:N0} flags");
        double Median(string kind, Func<ColdStart, double> value) => Measurement.Median(starts[kind].Select(value));
        double time = Median("without", start => start.Milliseconds);
        double bytes = Median("without", start => start.Bytes);
        return
        [
            new Row(job, "without us", time, "ms"),
            Row.Ratio(job, "SQLite, mapped / without us", Median("sqlite", start => start.Milliseconds), time, 1.6),
            Row.Ratio(job, "in memory, mapped / without us", Median("mapped", start => start.Milliseconds), time, 1.6),
            Row.Ratio(job, "in memory, not mapped / without us", Median("memory", start => start.Milliseconds), time, 1.3),
            new Row(job, "allocated without us", bytes / 1024 / 1024, "MB"),
            Row.Ratio(job, "allocated, SQLite, mapped / without us", Median("sqlite", start => start.Bytes), bytes, 1.6),
            .. Kinds.Select(kind => new Row(job, $"compiled methods, {kind}", Median(kind, start => start.Methods), "")),
            .. Kinds.Select(kind => new Row(job, $"time of the JIT, {kind}", Median(kind, start => start.JitMilliseconds), "ms")),
        ];
    }

    private static async Task<ColdStart> ColdStartAsync(string kind, string directory)
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
        string[] cost = (await client.GetStringAsync(new Uri(address, "/cost"))).Split(' ');
        host.StandardInput.Close();
        await host.WaitForExitAsync();
        return new ColdStart(elapsed, Number(cost[0]), Number(cost[1]), Number(cost[2]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

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

    private sealed record ColdStart(double Milliseconds, double Bytes, double Methods, double JitMilliseconds);
}
