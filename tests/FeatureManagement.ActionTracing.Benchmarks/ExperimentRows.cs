using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage.Units;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What an experiment with three metrics costs: to record, to write into a SQLite file, to keep and to analyse.</summary>
internal static class ExperimentRows
{
    private const string Job = "experiments";
    private const int Slice = 20_000;
    private const int WarmUp = 2 * Slice;

    private static readonly FlagDefinition Flag = new()
    {
        Name = "layout",
        Type = FlagType.Multivariate,
        State = FlagState.Enabled,
        Variants = [new FlagVariant { Name = "grid", Weight = 1 }, new FlagVariant { Name = "list", Weight = 1 }],
        Experiment = new ExperimentConfig
        {
            Control = "list",
            PrimaryMetric = "bought",
            Metrics =
            [
                new ExperimentMetric { Name = "bought", Kind = MetricKind.Binary, Role = MetricRole.Primary },
                new ExperimentMetric { Name = "revenue", Kind = MetricKind.Continuous, Window = TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond) },
                new ExperimentMetric { Name = "waited", Kind = MetricKind.Continuous, HigherIsBetter = false },
            ],
        },
    };

    public static IEnumerable<Row> Measure()
    {
        double small = 0;
        foreach (int units in (int[])[WarmUp, 100_000, 1_000_000])
        {
            string directory = Directory.CreateTempSubdirectory("action-tracing-").FullName;
            string file = Path.Combine(directory, "experiments.db");
            Cost cost = RunAsync(units, file).GetAwaiter().GetResult();
            Directory.Delete(directory, recursive: true);
            if (units == WarmUp)
                continue;
            string name = units.ToString("N0", CultureInfo.InvariantCulture) + " units, 3 metrics: ";
            yield return new Row(Job, name + "an event, for the caller", cost.Recording.TotalNanoseconds / (4d * units), "ns");
            yield return new Row(Job, name + "an event, written", cost.Writing.TotalMicroseconds / (4d * units), "µs");
            yield return new Row(Job, name + "a unit, when its window closes", cost.Closing.TotalMicroseconds / units, "µs");
            yield return new Row(Job, name + "an analysis, with reading", cost.Analysis.TotalMilliseconds, "ms");
            yield return new Row(Job, name + "memory that is kept", cost.Kept / 1024d / 1024, "MB");
            yield return new Row(Job, name + "file", cost.File / 1024d / 1024, "MB");
            double perUnit = (cost.Writing + cost.Closing) / units / TimeSpan.FromMicroseconds(1);
            if (small != 0)
                yield return Row.Ratio(Job, "time to write a unit, at a million / at a hundred thousand", perUnit, small, 1.5);
            small = perUnit;
        }
    }

    private static async Task<Cost> RunAsync(int units, string file)
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var table = new SqliteUnits(new SqliteFile(file, null));
        var store = new ExperimentUnits(table);
        ExperimentRun run = NextExperimentRun.Of(Flag, null, DateTimeOffset.UtcNow);
        var variants = new VariantTable(Flag);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var queue = new ExperimentQueue(services.GetRequiredService<IMeterFactory>());
        var writer = new ExperimentWriter(queue, store);
        var experiment = new RunningExperiment(run, variants, queue, TimeProvider.System);
        (TimeSpan recording, TimeSpan writing) = (default, default);
        for (int unit = 0; unit < units; unit += Slice)
        {
            string[] keys = [.. Enumerable.Range(unit, Slice).Select(i => $"user-{i}")];
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < keys.Length; i++)
            {
                experiment.Expose(variants, keys[i], i & 1);
                experiment.Record(keys[i], 0, 1);
                experiment.Record(keys[i], 1, i);
                experiment.Record(keys[i], 2, i);
            }
            recording += Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            await writer.FlushAsync(CancellationToken.None);
            writing += Stopwatch.GetElapsedTime(start);
        }
        long closing = Stopwatch.GetTimestamp();
        while (await store.CloseAsync(run, DateTimeOffset.UtcNow.AddSeconds(1), CancellationToken.None))
        {
        }
        TimeSpan closed = Stopwatch.GetElapsedTime(closing);
        long analysis = Stopwatch.GetTimestamp();
        ExperimentAnalysis.Check(run, await store.ReadAsync(run, CancellationToken.None), new ExperimentEvidence(), DateTimeOffset.UtcNow);
        TimeSpan analysed = Stopwatch.GetElapsedTime(analysis);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(experiment);
        return new Cost(recording, writing, closed, analysed, kept, Directory.GetFiles(Path.GetDirectoryName(file)!).Sum(name => new FileInfo(name).Length));
    }

    private sealed record Cost(TimeSpan Recording, TimeSpan Writing, TimeSpan Closing, TimeSpan Analysis, long Kept, long File);
}
