using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What one changed flag among 10,000 costs: from the change until the next evaluation sees it.</summary>
internal static class ChangeRows
{
    private const string Job = "one changed flag among 10,000";

    public static IEnumerable<Row> Measure()
    {
        var source = World.WithUs(World.Flags(10_000)).GetRequiredService<SnapshotSource>();
        var killed = new VersionedRecord(new FlagRecord { Emergency = new FlagEmergency("benchmark", "benchmark", DateTimeOffset.UnixEpoch) }, 1, IsInOutbox: true);
        Cost kill = Measurement.Compare(n =>
        {
            for (int i = 0; i < n; i++)
                Sink.Take(source.Apply(World.Half, (i & 1) == 0 ? killed : VersionedRecord.None));
        })[0];
        yield return new Row(Job, "a kill, until evaluations see it", kill.Nanoseconds / 1_000, "µs", 50);
        yield return new Row(Job, "a kill", kill.Bytes / 1_024, "KB");
    }
}
