using System.Diagnostics;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What an action costs with everything off, with a flag watched and with tracing on; and what an exposure costs.</summary>
internal static class ActionRows
{
    private const string Job = "an action";
    private const string Exposure = "exposure while a flag is observed";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static IEnumerable<Row> Measure() => [.. Off(), .. Watched(), .. Traced(), .. NewUnits(), .. Stalls(), .. Users()];

    private static IEnumerable<Row> Off()
    {
        ServiceProvider provider = World.WithUs([.. World.Flags(1_000), Tracing(FlagState.Disabled)]);
        var manager = provider.GetRequiredService<IFeatureFlagManager>();
        var tracer = provider.GetRequiredService<IActionTracer>();
        FeatureFlagContext[] users = World.Users;
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(manager.IsEnabled(World.Half, users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) tracer.StartAction(Job).Dispose(); },
            n => { for (int i = 0; i < n; i++) tracer.StartAction(Job, users[i & 1_023]).Dispose(); });
        yield return Row.Ratio(Job, "everything off / an evaluation", costs[1].Nanoseconds, costs[0].Nanoseconds, 3);
        yield return new Row(Job, "everything off", costs[1].Bytes, "bytes", 0);
        // The ambient context of what runs inside.
        yield return new Row(Job, "everything off, with a context", costs[2].Nanoseconds, "ns");
        yield return new Row(Job, "everything off, with a context", costs[2].Bytes, "bytes");
    }

    private static IEnumerable<Row> Watched()
    {
        ServiceProvider provider = World.WithUs([.. World.Flags(1_000), Tracing(FlagState.Disabled)]);
        var manager = provider.GetRequiredService<IFeatureFlagManager>();
        var unwatched = World.WithUs(World.Flags(1_000)).GetRequiredService<IFeatureFlagManager>();
        var tracer = provider.GetRequiredService<IActionTracer>();
        using OutcomeWatch watch = provider.GetRequiredService<OutcomeRecorder>().Watch(World.Half, 1, 50, Window);
        FeatureFlagContext[] users = World.Users;
        Cost[] actions = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) tracer.StartAction(Job, users[i & 1_023]).Dispose(); },
            n =>
            {
                for (int i = 0; i < n; i++)
                {
                    using TracedAction action = tracer.StartAction(Job, users[i & 1_023]);
                    Sink.Take(manager.IsEnabled(World.Half, users[i & 1_023]));
                }
            },
            n => { for (int i = 0; i < n; i++) Sink.Take(unwatched.IsEnabled(World.Half, users[i & 1_023])); });
        yield return new Row(Job, "a flag observed, none evaluated", actions[0].Nanoseconds, "ns");
        yield return new Row(Job, "a flag observed, none evaluated", actions[0].Bytes, "bytes");
        yield return new Row(Job, "the observed flag evaluated", actions[1].Bytes, "bytes");
        yield return new Row(Exposure, "known unit, with its outcome, beyond the evaluation", actions[1].Nanoseconds - actions[0].Nanoseconds - actions[2].Nanoseconds, "ns", 60);

        using TracedAction outer = tracer.StartAction(Job, users[0]);
        Cost[] repeated = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(unwatched.IsEnabled(World.Half, users[0])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(manager.IsEnabled(World.Half, users[0])); });
        yield return Row.Ratio(Exposure, "repeated inside an action / an evaluation", repeated[1].Nanoseconds, repeated[0].Nanoseconds, 1.4);
        yield return new Row(Exposure, "repeated inside an action", repeated[1].Bytes, "bytes", 0);
    }

    private static IEnumerable<Row> Traced()
    {
        var tracer = World.WithUs([.. World.Flags(1_000), Tracing(FlagState.Enabled)]).GetRequiredService<IActionTracer>();
        using var bare = new ActivitySource("bare");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "bare" or ActionTracingSource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        FeatureFlagContext[] users = World.Users;
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) bare.StartActivity(Job)?.Dispose(); },
            n => { for (int i = 0; i < n; i++) tracer.StartAction(Job, users[i & 1_023]).Dispose(); });
        yield return new Row(Job, "tracing on / a bare activity with a listener", costs[1].Nanoseconds / costs[0].Nanoseconds, "x");
        yield return new Row(Job, "a bare activity with a listener", costs[0].Bytes, "bytes");
        yield return new Row(Job, "tracing on", costs[1].Bytes, "bytes");
    }

    private static IEnumerable<Row> NewUnits()
    {
        const int Units = 200_000;
        ulong[] hashes = Hashes(Units);
        double[] times = new double[5];
        double bytes = 0;
        for (int round = 0; round < times.Length; round++)
        {
            var units = new UnitSet();
            long before = GC.GetAllocatedBytesForCurrentThread();
            times[round] = Measurement.Time(n => { for (int i = 0; i < n; i++) Sink.Take(units.Take(hashes[i]).IsKnown); }, Units) / Units;
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Units;
        }
        yield return new Row(Exposure, "new unit, beyond a known one", Measurement.Median(times), "ns", 300);
        yield return new Row(Exposure, "new unit", bytes, "bytes", 24);
    }

    /// <summary>The longest call while a million units are taken in, and beside it the longest pause that the machine made between two calls.</summary>
    private static IEnumerable<Row> Stalls()
    {
        ulong[] hashes = Hashes(1_000_000);
        var units = new UnitSet();
        GC.Collect();
        double[] calls = new double[hashes.Length];
        double[] idle = new double[hashes.Length];
        for (int i = 0; i < hashes.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            units.Take(hashes[i]);
            long middle = Stopwatch.GetTimestamp();
            calls[i] = Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds;
            idle[i] = Stopwatch.GetElapsedTime(middle).TotalMilliseconds;
        }
        yield return new Row(Exposure, "longest call while a million units are taken in", calls.Max(), "ms", 1);
        yield return new Row(Exposure, "longest pause of the machine during it", idle.Max(), "ms");
        yield return new Row(Exposure, "calls over 1 ms, of a million", calls.Count(call => call > 1), "calls");
    }

    /// <summary>What is kept of so many distinct users, each of whom asked a watched flag inside an action of their own.</summary>
    private static IEnumerable<Row> Users()
    {
        ServiceProvider provider = World.WithUs([.. World.Flags(1_000), Tracing(FlagState.Disabled)]);
        var manager = provider.GetRequiredService<IFeatureFlagManager>();
        var tracer = provider.GetRequiredService<IActionTracer>();
        using OutcomeWatch watch = provider.GetRequiredService<OutcomeRecorder>().Watch(World.Half, 1, 50, Window);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        int users = 0;
        foreach (int count in (int[])[1_000_000, 4_000_000])
        {
            for (; users < count; users++)
            {
                using TracedAction action = tracer.StartAction(Job);
                Sink.Take(manager.IsEnabled(World.Half, new FeatureFlagContext { UserId = $"user-{users}" }));
            }
            yield return new Row(Exposure, $"memory that {count / 1_000_000} million distinct users keep", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024d / 1024, "MB", 12);
        }
        yield return new Row(Exposure, "users that are then taken in, of 4 million", watch.Read().Exposed.Units + watch.Read().Control.Units, "users");
    }

    private static FlagDefinition Tracing(FlagState state) => new() { Name = TracingSwitches.Enabled, Type = FlagType.Boolean, State = state };

    private static ulong[] Hashes(int count) => [.. Enumerable.Range(0, count).Select(i => Bucket.Hash($"unit-{i}", 1))];
}
