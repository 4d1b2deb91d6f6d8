using System.Diagnostics;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Rollouts;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>Load: 1,000 flags, 100 of them rolling out, evaluated on all processors while the rollouts are checked.</summary>
internal static class RolloutRows
{
    private const string Job = "1,000 flags, 100 rollouts";
    private const int Rollouts = 100;
    private const int Checks = 20;
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(2);
    private static readonly FlagChange Change = new("benchmark", "benchmark");

    public static async Task<IEnumerable<Row>> MeasureAsync()
    {
        await using ServiceProvider idle = World.WithUs(Flags()), busy = World.WithUs(Flags());
        await busy.GetRequiredService<StoreSynchronizer>().SyncAsync(CancellationToken.None);
        var rollouts = busy.GetRequiredService<IRolloutManager>();
        string[] names = [.. Enumerable.Range(0, Rollouts).Select(NameOf)];
        foreach (string name in names)
            await rollouts.StartAsync(name, Change, new RolloutConfig { StartPercentage = 10, Duration = TimeSpan.FromDays(30) });
        var loop = busy.GetRequiredService<RolloutLoop>();
        await loop.TickAsync(CancellationToken.None);

        var rows = new List<Row>();
        IFeatureFlagManager calm = idle.GetRequiredService<IFeatureFlagManager>(), watched = busy.GetRequiredService<IFeatureFlagManager>();
        FeatureFlagContext[] users = World.Users;
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(calm.IsEnabled(names[i % Rollouts], users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(watched.IsEnabled(names[i % Rollouts], users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(watched.IsEnabled(World.Half, users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(calm.IsEnabled(World.Half, users[i & 1_023])); });
        rows.Add(new Row(Job, "an evaluation without any rollout", costs[0].Nanoseconds, "ns"));
        rows.Add(new Row(Job, "an evaluation of a flag that rolls out, outside actions", costs[1].Nanoseconds, "ns"));
        rows.Add(new Row(
            Job, "an evaluation of another flag: time with the rollouts divided by time without", costs[2].Nanoseconds / costs[3].Nanoseconds, "x"));

        var ticks = new List<double>();
        (long quiet, _) = await RunAsync(idle, names, null, ticks);
        (long loaded, long errors) = await RunAsync(busy, names, loop, ticks);
        rows.Add(new Row(Job, "actions with an evaluation, all processors, without rollouts", quiet / Load.TotalSeconds / 1_000_000, "million/s"));
        rows.Add(new Row(Job, "the same, each recorded, with the rollouts checked all the time", loaded / Load.TotalSeconds / 1_000_000, "million/s"));
        rows.Add(new Row(Job, "a check of 100 rollouts under that load, store in memory", Measurement.Median(ticks), "ms"));
        rows.Add(new Row(Job, "exceptions during it", errors, "", 0));

        ticks.Clear();
        for (int i = 0; i < Checks; i++)
            ticks.Add(await TimeAsync(loop));
        rows.Add(new Row(Job, "a check of 100 rollouts without load", Measurement.Median(ticks), "ms"));
        return rows;
    }

    private static async Task<(long Actions, long Errors)> RunAsync(ServiceProvider provider, string[] names, RolloutLoop? loop, List<double> ticks)
    {
        var tracer = provider.GetRequiredService<IActionTracer>();
        var manager = provider.GetRequiredService<IFeatureFlagManager>();
        long actions = 0, errors = 0, start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new Thread(() =>
        {
            long done = 0;
            try
            {
                for (int i = number; Stopwatch.GetElapsedTime(start) < Load; i++, done++)
                {
                    using TracedAction action = tracer.StartAction("load");
                    Sink.Take(manager.IsEnabled(names[i % Rollouts], World.Users[i & 1_023]));
                }
            }
#pragma warning disable CA1031 // Each exception is counted.
            catch (Exception)
#pragma warning restore CA1031
            {
                Interlocked.Increment(ref errors);
            }
            Interlocked.Add(ref actions, done);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        while (loop is not null && Stopwatch.GetElapsedTime(start) < Load)
            ticks.Add(await TimeAsync(loop));
        foreach (Thread thread in threads)
            thread.Join();
        return (actions, errors);
    }

    private static async Task<double> TimeAsync(RolloutLoop loop)
    {
        long start = Stopwatch.GetTimestamp();
        await loop.TickAsync(CancellationToken.None);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // The flags that roll out begin at their percentage, so that both sides answer alike.
    private static FlagDefinition[] Flags() =>
    [
        .. World.Flags(1_000 - Rollouts),
        .. Enumerable.Range(0, Rollouts).Select(i => new FlagDefinition { Name = NameOf(i), Type = FlagType.Percentage, State = FlagState.Rollout, Percentage = 10 }),
    ];

    private static string NameOf(int i) => $"rolling_feature_{i:000}";
}
