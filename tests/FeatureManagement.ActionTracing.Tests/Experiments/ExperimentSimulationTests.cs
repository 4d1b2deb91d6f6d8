using FeatureManagement.ActionTracing.Experiments;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>The guarantees, by simulation: through the evaluation, the recorder and the analysis, looked at 288 times.</summary>
public sealed class ExperimentSimulationTests
{
    private const int Looks = 288;

    private const string Two = """ "a": { "weight": 1 }, "b": { "weight": 1 } """;

    private const string Three = """ "a": { "weight": 1 }, "b": { "weight": 1 }, "c": { "weight": 1 } """;

    [Theory]
    [InlineData(Two, 0.05, 50, 0.013, 200)]
    [InlineData(Two, 0.5, 500, 0.033, 30)]
    [InlineData(Three, 0.05, 50, 0.012, 200)]
    [Trait("Speed", "Slow")]
    public async Task NoEffect_RarelyLooksLikeOne(string variants, double rate, int unitsPerLook, double expected, int repetitions)
    {
        int claims = 0;
        for (int i = 0; i < repetitions; i++)
            claims += await ClaimsAsync(i, variants, _ => rate, unitsPerLook) is ExperimentVerdict.Better or ExperimentVerdict.Worse ? 1 : 0;
        double error = 4 * Math.Sqrt(expected * (1 - expected) / repetitions);
        Assert.InRange((double)claims / repetitions, expected - error, expected + error);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Effect_IsFound()
    {
        for (int i = 0; i < 20; i++)
            Assert.Equal(ExperimentVerdict.Better, await ClaimsAsync(1_000 + i, Two, variant => variant == "b" ? 0.22 : 0.2, 500));
    }

    [Fact]
    public async Task OneVariantLosesExposures_IsABrokenSplitAndNoWinner()
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
        Assert.Equal(ExperimentVerdict.BrokenSplit, result.Verdict);
        Assert.True(result.Split.IsBroken);
        Assert.StartsWith("Broken split: a has ", result.Summary, StringComparison.Ordinal);
        Assert.All(result.Metrics.SelectMany(metric => metric.Comparisons), comparison => Assert.Equal(ExperimentVerdict.BrokenSplit, comparison.Verdict));
    }

    /// <summary>Looks until the first claim, as people do.</summary>
    private static async Task<ExperimentVerdict> ClaimsAsync(int seed, string variants, Func<string, double> rate, int unitsPerLook)
    {
        using var host = new ExperimentHost(variants);
        var random = new Random(seed);
        for (int look = 0; look < Looks; look++)
        {
            for (int i = 0; i < unitsPerLook; i++)
            {
                string user = $"{seed}/{look}/{i}";
                string variant = host.See(user)!;
                if (random.NextDouble() < rate(variant))
                    host.Record(user, "bought");
            }
            await host.Recorder.FlushAsync();
            ExperimentResult result = (await host.Get<IExperimentResults>().GetAsync(ExperimentHost.Flag))!;
            if (result.Metrics[0].Comparisons.FirstOrDefault(comparison => comparison.Verdict is ExperimentVerdict.Better or ExperimentVerdict.Worse) is { } claim)
                return claim.Verdict;
        }
        return ExperimentVerdict.KeepRunning;
    }
}
