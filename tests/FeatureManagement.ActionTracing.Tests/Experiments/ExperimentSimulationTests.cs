using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>The guarantees, by simulation, checked 288 times. Each published rate is met within so many standard errors of as many runs as there are.</summary>
[Trait("Speed", "Slow")]
public sealed class ExperimentSimulationTests
{
    private static readonly decimal[] Half = [1, 1], Third = [1, 1, 1];

    private static readonly decimal[][] Moving = [[90, 10], [50, 50], [20, 80]];

    // 450 runs of 14,400 units: a standard error of 0.5 %. Within three of them, and at least one claim: a test that claims nothing would be no test.
    [LongTheory]
    [InlineData(false, 0.013)]
    [InlineData(true, 0.012)]
    public void NoEffect_IsClaimedAsRarelyAsPublished(bool three, double published)
    {
        const int Runs = 450;
        double error = Math.Sqrt(published * (1 - published) / Runs);
        double claimed = Claims(Runs, seed => new ExperimentSimulation(seed, 50) { Weights = _ => three ? Third : Half, Rate = (_, _) => 0.05 });
        Assert.InRange(claimed, Math.Max(1.0 / Runs, published - 3 * error), published + 3 * error);
    }

    // 60 runs of 144,000 units: a standard error of 2 %, so that only the upper side says something. A sum over the steps claims an effect in every run.
    [LongFact]
    public void NoEffect_WhileWeightsMoveAndTheBaselineDoubles_IsClaimedAsRarelyAsPublished()
    {
        const int Runs = 60;
        const double Published = 0.025;
        double claimed = Claims(Runs, seed => new ExperimentSimulation(seed, 500)
        {
            Weights = check => Moving[check * 3 / ExperimentSimulation.Checks],
            Rate = (check, _) => 0.05 + 0.05 * check / ExperimentSimulation.Checks,
        });
        Assert.InRange(claimed, 0, Published + 4 * Math.Sqrt(Published * (1 - Published) / Runs));
    }

    // Power 1.00, at 19,900 and 15,100 units on average: within four standard errors of the mean of these runs.
    [LongTheory]
    [InlineData(0.05, 0.06, 19_900)]
    [InlineData(0.20, 0.22, 15_100)]
    public void Effect_IsFoundAsSoonAsPublished(double control, double better, double published)
    {
        const int Runs = 60;
        (ExperimentVerdict Verdict, int Units)[] found = Run(Runs, seed => new ExperimentSimulation(10_000 + seed, 500) { Weights = _ => Half, Rate = (_, variant) => variant == 1 ? better : control });
        Assert.All(found, run => Assert.Equal(ExperimentVerdict.Better, run.Verdict));
        double mean = found.Average(run => run.Units);
        double error = Math.Sqrt(found.Sum(run => (run.Units - mean) * (run.Units - mean)) / (Runs - 1) / Runs);
        Assert.InRange(mean, published - 4 * error, published + 4 * error);
    }

    [Fact]
    public async Task Effect_ThroughAHost_IsFound()
    {
        using var host = new ExperimentHost();
        var random = new Random(3);
        ExperimentResult result;
        int user = 0;
        do
        {
            for (int i = 0; i < 500; i++, user++)
                if (random.NextDouble() < (host.See($"u{user}") == "b" ? 0.25 : 0.2))
                    host.Record($"u{user}", "bought");
            result = await host.ResultAsync();
        }
        while (result.Verdict == ExperimentVerdict.KeepRunning && user < 50_000);
        Assert.Equal(ExperimentVerdict.Better, result.Verdict);
    }

    [Fact]
    public async Task OneVariantLosesExposures_IsASampleRatioMismatchAndNoWinner()
    {
        using var everybody = new ExperimentHost();
        using var host = new ExperimentHost();
        var random = new Random(7);
        for (int i = 0; i < 60_000; i++)
        {
            string user = $"u{i}";
            bool better = everybody.See(user) == "b";
            if (better && random.NextDouble() < 0.05)
                continue;
            host.See(user);
            if (random.NextDouble() < (better ? 0.3 : 0.2))
                host.Record(user, "bought");
        }
        ExperimentResult result = await host.ResultAsync();
        Assert.Equal(ExperimentVerdict.SampleRatioMismatch, result.Verdict);
        Assert.True(result.SampleRatio.IsMismatch);
        Assert.StartsWith("Sample ratio mismatch: a has ", result.Summary, StringComparison.Ordinal);
        Assert.All(result.Metrics.SelectMany(metric => metric.Comparisons), comparison => Assert.Equal(ExperimentVerdict.SampleRatioMismatch, comparison.Verdict));
    }

    private static double Claims(int runs, Func<int, ExperimentSimulation> simulation) =>
        (double)Run(runs, simulation).Count(run => run.Verdict != ExperimentVerdict.KeepRunning) / runs;

    private static (ExperimentVerdict Verdict, int Units)[] Run(int runs, Func<int, ExperimentSimulation> simulation)
    {
        var results = new (ExperimentVerdict Verdict, int Units)[runs];
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed => results[seed] = simulation(seed).RunAsync().GetAwaiter().GetResult());
        return results;
    }
}
