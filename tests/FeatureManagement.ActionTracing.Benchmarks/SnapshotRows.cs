using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What a change costs, and what two threads cost each other.</summary>
internal static class SnapshotRows
{
    public static IEnumerable<Row> Measure()
    {
        FlagSnapshot snapshot = World.WithUs(World.Flags(10_000)).GetRequiredService<SnapshotSource>().Current;
        EffectiveFlag before = snapshot.Find(World.Half)!.Effective;
        EffectiveFlag after = before with { Definition = before.Definition with { State = FlagState.EmergencyOff } };
        Cost change = Measurement.Compare(n => { for (int i = 0; i < n; i++) Sink.Take(snapshot.With(after)); })[0];
        yield return new Row("one changed flag among 10,000", "a new snapshot", change.Nanoseconds / 1_000, "µs", 50);

        IFeatureFlagManager one = World.WithUs(World.Flags(1_000)).GetRequiredService<IFeatureFlagManager>();
        IFeatureFlagManager other = World.WithUs(World.Flags(1_000)).GetRequiredService<IFeatureFlagManager>();
        foreach ((string job, string flag) in ((string, string)[])[("rollout 50 %", World.Half), ("three variants", World.Variants)])
        {
            Cost[] costs = Measurement.Compare(n => Both(one, one, flag, n), n => Both(one, other, flag, n));
            yield return new Row("two threads, " + job, "one instance / an instance each, throughput", costs[1].Nanoseconds / costs[0].Nanoseconds, "x", 0.95, AtLeast: true);
        }
    }

    private static void Both(IFeatureFlagManager left, IFeatureFlagManager right, string flag, int iterations)
    {
        var thread = new Thread(() => Run(left));
        thread.Start();
        Run(right);
        thread.Join();

        void Run(IFeatureFlagManager manager)
        {
            FeatureFlagContext[] users = World.Users;
            for (int i = 0; i < iterations * 10; i++)
                Sink.Take(manager.GetVariant(flag, users[i & 1_023]) is null && manager.IsEnabled(flag, users[i & 1_023]));
        }
    }
}
