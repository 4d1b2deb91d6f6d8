using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What counting evaluations costs, with and without a listener.</summary>
internal static class TelemetryRows
{
    public static IEnumerable<Row> Measure() => [.. Unobserved(), .. Observed()];

    private static IEnumerable<Row> Unobserved()
    {
        ServiceProvider provider = World.WithUs(World.Flags(1_000));
        Counter<long> counter = provider.GetRequiredService<EvaluationMetrics>().Evaluations;
        CompiledFlag flag = provider.GetRequiredService<SnapshotSource>().Current.Find(World.Half)!;
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(i); },
            n =>
            {
                for (int i = 0; i < n; i++)
                {
                    if (counter.Enabled)
                        EvaluationMetrics.Count(counter, flag, true);
                    Sink.Take(i);
                }
            });
        yield return new Row("metrics", "the check for a listener, without one", costs[1].Nanoseconds - costs[0].Nanoseconds, "ns", 1);
    }

    private static IEnumerable<Row> Observed()
    {
        FeatureFlagContext[] users = World.Users;
        var unobserved = World.WithUs(World.Flags(1_000)).GetRequiredService<IFeatureFlagManager>();
        ServiceProvider listened = World.WithUs(World.Flags(1_000));
        var manager = listened.GetRequiredService<IFeatureFlagManager>();
        IMeterFactory meters = listened.GetRequiredService<IMeterFactory>();
        long sum = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.Start();
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(unobserved.IsEnabled(World.Half, users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(manager.IsEnabled(World.Half, users[i & 1_023])); });
        yield return new Row("metrics", "what a listener adds", costs[1].Nanoseconds - costs[0].Nanoseconds, "ns", 70);
        yield return new Row("metrics", "with a listener", costs[1].Bytes, "bytes", 0);
        if (sum == 0)
            throw new InvalidOperationException("The listener observed nothing.");
    }
}
