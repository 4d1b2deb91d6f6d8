using System.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What it costs to read a large audit in SQLite: a million entries of 1.4 KB, as a year of rollouts leaves them, in the page cache.</summary>
internal static class AuditRows
{
    private const string Job = "an audit of a million entries";
    private const int Entries = 1_000_000;
    private const int Batch = 1_000;

    public static IEnumerable<Row> Measure() => MeasureAsync().GetAwaiter().GetResult();

    private static async Task<List<Row>> MeasureAsync()
    {
        string directory = Directory.CreateTempSubdirectory("action-tracing-").FullName;
        try
        {
            using IHost host = Build(directory);
            await host.StartAsync().ConfigureAwait(false);
            await FillAsync(host.Services.GetRequiredService<IActionTracingStore>()).ConfigureAwait(false);
            IAuditLog audit = host.Services.GetRequiredService<IAuditLog>();
            await audit.QueryAsync(new AuditQuery()).ConfigureAwait(false);

            AuditVerification found = new() { Entries = 0, Head = AuditHead.Empty };
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            double verify = await SecondsAsync(async () => found = await audit.VerifyAsync().ConfigureAwait(false)).ConfigureAwait(false);
            cpu = Environment.CpuUsage.TotalTime - cpu;
            if (found.Entries < Entries || !found.IsValid)
                throw new InvalidOperationException($"Verification ended at entry {found.Entries}: {found.Fault}");
            double size = new FileInfo(Path.Combine(directory, "action-tracing.db")).Length / 1e9;
            List<Row> rows =
            [
                new Row(Job, "size of the file", size, "GB"),
                new Row(Job, "verify, file in the page cache", verify, "s", 10),
                new Row(Job, "verify, processor time", cpu.TotalSeconds, "s"),
            ];
            foreach ((string what, AuditQuery query) in Queries())
                rows.Add(new Row(Job, $"50 entries by {what}", 1_000 * await SecondsAsync(() => audit.QueryAsync(query)).ConfigureAwait(false), "ms"));
            await host.StopAsync().ConfigureAwait(false);
            return rows;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static (string What, AuditQuery Query)[] Queries() =>
    [
        ("nothing (the newest)", new()),
        ("flag, rare", new() { Flag = "rare" }),
        ("source", new() { Source = ChangeSource.Safety }),
        ("actor, rare", new() { Actor = "rare" }),
        ("action, rare", new() { Action = "rare" }),
        ("an hour long ago", new() { From = DateTimeOffset.UnixEpoch.AddHours(1), To = DateTimeOffset.UnixEpoch.AddHours(2) }),
        ("all of the time", new() { From = DateTimeOffset.UnixEpoch }),
    ];

    private static async Task FillAsync(IActionTracingStore store)
    {
        string values = $$"""{"state":"rollout","percentage":10,"source":"rollout","whitelist":["{{new string('x', 480)}}"]}""";
        for (int i = 0; i < Entries; i += Batch)
        {
            int first = i;
            AuditEntry[] entries =
            [
                .. Enumerable.Range(0, Batch).Select(k => first + k).Select(number => new AuditEntry
                {
                    At = DateTimeOffset.UnixEpoch.AddSeconds(number),
                    Action = number == 1_000 ? "rare" : "rollout_step",
                    Flag = number == 1_000 ? "rare" : $"flag{number % 100}",
                    Actor = number == 1_000 ? "rare" : "action-tracing",
                    Before = values,
                    After = values,
                    Reason = "10 % → 11 % after 01:00:00 watched",
                    Source = number % 1_000 == 0 ? ChangeSource.Safety : ChangeSource.Rollout,
                    Instance = "machine/12345",
                }),
            ];
            await store.State.CommitAsync(new StoreCommit([], entries), default).ConfigureAwait(false);
        }
    }

    private static async Task<double> SecondsAsync(Func<Task> call)
    {
        long start = Stopwatch.GetTimestamp();
        await call().ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static IHost Build(string directory)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = directory });
        builder.Logging.ClearProviders();
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite("Data Source=action-tracing.db"));
        return builder.Build();
    }
}
