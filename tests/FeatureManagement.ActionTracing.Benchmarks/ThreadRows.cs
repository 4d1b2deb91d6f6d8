using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What two threads cost each other: nothing, where no evaluation writes to what they share.</summary>
internal static class ThreadRows
{
    private const int Iterations = 200_000;
    private const int Rounds = 41;

    public static IEnumerable<Row> Measure()
    {
        IFeatureFlagManager one = World.WithUs(World.Flags(1_000)).GetRequiredService<IFeatureFlagManager>();
        IFeatureFlagManager other = World.WithUs(World.Flags(1_000)).GetRequiredService<IFeatureFlagManager>();
        foreach ((string job, string flag) in ((string, string)[])[("rollout 50 %", World.Half), ("three variants", World.Variants)])
        {
            var together = new double[Rounds];
            var apart = new double[Rounds];
            for (int round = -5; round < Rounds; round++)
            {
                double apartNow = Both(one, other, flag), togetherNow = Both(one, one, flag);
                if (round >= 0)
                    (together[round], apart[round]) = (togetherNow, apartNow);
            }
            yield return new Row("two threads, " + job, "one instance / an instance each, throughput",
                Measurement.Quantile(apart, 0.25) / Measurement.Quantile(together, 0.25), "x", 0.95, AtLeast: true);
        }
    }

    private static double Both(IFeatureFlagManager left, IFeatureFlagManager right, string flag)
    {
        using var start = new Barrier(2);
        double theirs = 0;
        var thread = new Thread(() => theirs = Run(left));
        thread.Start();
        double mine = Run(right);
        thread.Join();
        return mine + theirs;

        double Run(IFeatureFlagManager manager)
        {
            FeatureFlagContext[] users = World.Users;
            start.SignalAndWait();
            return Measurement.Time(n =>
            {
                for (int i = 0; i < n; i++)
                    Sink.Take(manager.GetVariant(flag, users[i & 1_023]) is null && manager.IsEnabled(flag, users[i & 1_023]));
            }, Iterations);
        }
    }
}
