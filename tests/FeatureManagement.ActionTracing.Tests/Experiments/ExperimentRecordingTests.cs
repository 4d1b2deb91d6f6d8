using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>What is counted, through a real host.</summary>
public sealed class ExperimentRecordingTests
{
    [Fact]
    public async Task Unit_SeenOften_CountsOnce()
    {
        using var host = new ExperimentHost();
        for (int i = 0; i < 30; i++)
            for (int times = 0; times < 3; times++)
                host.See($"u{i}");
        ExperimentResult result = await host.ResultAsync();
        Assert.Equal(30, result.Units);
        Assert.Equal(30, result.SampleRatio.Allocation.Sum(arm => arm.Units));
        Assert.Equal(Enumerable.Range(0, 30).Count(i => host.See($"u{i}") == "b"), result.SampleRatio.Allocation[1].Units);
    }

    [Fact]
    public async Task NoUnit_AndThoseWhoAreOnlyToldAboutIt_DoNotCount()
    {
        using var host = new ExperimentHost();
        var flags = host.Get<IFeatureFlagManager>();
        flags.GetVariant(ExperimentHost.Flag, new FeatureFlagContext());
        flags.Evaluate(ExperimentHost.Flag, ExperimentHost.User("u"));
        flags.IsEnabled(ExperimentHost.Flag, ExperimentHost.User("u"));
        Assert.Equal(0, (await host.ResultAsync()).Units);
    }

    [Fact]
    public async Task Binary_SeveralConversions_CountOnce_AndNoneBeforeTheExposure()
    {
        using var host = new ExperimentHost();
        host.Record("late", "bought");
        host.See("late");
        host.See("buyer");
        host.Record("buyer", "BOUGHT");
        host.Record("buyer", "bought");
        host.See("browser");
        host.Record("browser", "bought", 0);
        ExperimentMetricResult bought = Metric(await host.ResultAsync(), "bought");
        Assert.Equal(3, bought.Variants.Sum(arm => arm.Units));
        Assert.Equal(1, Total(bought));
    }

    [Fact]
    public async Task Window_CountsWhenItHasClosed_WithEverythingInItUpToTheCap()
    {
        using var host = new ExperimentHost();
        host.See("spender");
        host.Record("spender", "spent", 80);
        host.See("saver");
        host.Time.Advance(TimeSpan.FromMinutes(30));
        host.Record("spender", "spent", 80);
        Assert.Equal(0, Metric(await host.ResultAsync(), "spent").Variants.Sum(arm => arm.Units));

        host.Time.Advance(TimeSpan.FromMinutes(31));
        host.Record("saver", "spent", 50);
        ExperimentMetricResult spent = Metric(await host.ResultAsync(), "spent");
        Assert.Equal(2, spent.Variants.Sum(arm => arm.Units));
        Assert.Equal(100, Total(spent), 1e-9);
    }

    [Fact]
    public async Task Continuous_WithoutWindow_FirstValueCountsAndUnitsWithoutOneDoNot()
    {
        using var host = new ExperimentHost();
        host.See("patient");
        host.See("other");
        host.Record("patient", "waited", 3);
        host.Record("patient", "waited", 7);
        host.Record("other", "waited", double.NaN);
        ExperimentMetricResult waited = Metric(await host.ResultAsync(), "waited");
        Assert.Equal(1, waited.Variants.Sum(arm => arm.Units));
        Assert.Equal(3, Total(waited));
    }

    [Fact]
    public async Task Weights_Changed_BeginAStep_WhereUnitsCountForTheRatioAgainAndForEffectsWhereTheyWereFirst()
    {
        using var host = new ExperimentHost();
        string?[] before = [.. Enumerable.Range(0, 200).Select(i => host.See($"u{i}"))];
        await host.EditAsync(""" "a": { "weight": 1 }, "b": { "weight": 9 } """);
        string?[] after = [.. Enumerable.Range(0, 200).Select(i => host.See($"u{i}"))];
        for (int i = 0; i < 200; i++)
            host.Record($"u{i}", "bought"); // their step is over
        ExperimentResult result = await host.ResultAsync();
        Assert.Equal(1, result.Run);
        Assert.Equal(200, result.Units);
        Assert.Equal(before.Count(variant => variant == "b") + after.Count(variant => variant == "b"), result.SampleRatio.Allocation[1].Units);
        Assert.Equal(100 + 180, result.SampleRatio.Allocation[1].Expected, 1e-9);
        Assert.Equal(before.Count(variant => variant == "b"), Metric(result, "bought").Variants[1].Units);
        Assert.Equal(0, Total(Metric(result, "bought")));
    }

    [Fact]
    public async Task Measure_Changed_BeginsANewRun_AndWeightsInAnotherScaleDoNot()
    {
        using var host = new ExperimentHost();
        host.See("u");
        await host.EditAsync(""" "a": { "weight": 50 }, "b": { "weight": 50 } """);
        Assert.Equal((1, 1L), (await RunAndUnits(host)));
        await host.EditAsync(""" "a": { "weight": 1 }, "b": { "weight": 1 } """, """, "plannedUnits": 500 """);
        Assert.Equal((2, 0L), (await RunAndUnits(host)));
        host.See("u");
        Assert.Equal((2, 1L), (await RunAndUnits(host)));
    }

    [Fact]
    public async Task Restart_OverTheSameFile_GoesOnWhereItWas()
    {
        using var directory = new TempDirectory();
        using (var first = new ExperimentHost(database: directory.File("shop.db")))
        {
            first.See("u");
            first.Record("u", "bought");
        }
        using var second = new ExperimentHost(database: directory.File("shop.db"));
        second.See("u");
        second.Record("u", "bought");
        second.See("v");
        ExperimentResult result = await second.ResultAsync();
        Assert.Equal((1, 2L), (result.Run, result.Units));
        Assert.Equal(1, Total(Metric(result, "bought")));
    }

    [Fact]
    public async Task Name_HoweverItIsSpelt_IsTheSameExperiment()
    {
        using var host = new ExperimentHost(flag: "νόμος");
        host.See("u");
        ExperimentResult result = await host.ResultAsync();
        Assert.Equal(result.Units, (await host.Get<IExperimentResults>().GetAsync("ΝΌΜΟΣ"))?.Units);
        Assert.Equal(result.Units, (await host.Get<IExperimentResults>().GetAsync("νόμοσ"))?.Units);
    }

    private static async Task<(int, long)> RunAndUnits(ExperimentHost host) => await host.ResultAsync() is var result ? (result.Run, result.Units) : default;

    private static ExperimentMetricResult Metric(ExperimentResult result, string name) => result.Metrics.Single(metric => metric.Name == name);

    private static double Total(ExperimentMetricResult metric) => metric.Variants.Sum(arm => arm.Units * arm.Mean ?? 0);
}
