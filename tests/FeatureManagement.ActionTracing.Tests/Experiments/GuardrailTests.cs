using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>Binary guardrails: the vectors of G1, check by check through the sums of a run, and stored in between as between two processes.</summary>
public sealed class GuardrailTests
{
    private const string U2 = "10,990,0,8 7,700,1,6 5,520,1,4 | 60,1140,3,9 41,800,2,7 30,600,2,3";

    [Theory]
    [InlineData("10,990,0,8 7,700,1,6 5,520,1,4", 1.759816143)]
    [InlineData(U2, 7.903776698)]
    [InlineData("0,40,0,2 0,31,0,1 1,30,0,0 0,25,1,1 2,20,1,0", 2.783462831)]
    [InlineData("200,200,4,5 150,150,3,2 0,0,2,2", -0.7164050209)]
    [InlineData("500,9500,20,95 0,0,15,60 0,0,9,31", 27.06001744)]
    public void Conversions_AtAnyTime_AreComparedWithAllWhoAreIn(string ticks, double logE) => AssertVector(ticks, logE, window: null);

    [Theory]
    [InlineData("100,9900,3,99", 0.6002836653)]
    [InlineData("10,990,3,0", 4.947704616)]
    [InlineData("10,990,0,9 12,988,1,11 9,991,2,10 | 50,950,2,8 48,952,3,11", 5.712789527)]
    [InlineData("0,100,0,1 0,97,0,2 1,99,1,0 2,98,0,1 0,100,0,3 | 5,95,1,0 4,0,1,0 5,96,0,2", 3.078752414)]
    [InlineData("100,9900,1,99 | 5000,5000,150,150", -1.941205264)]
    public void Conversions_WhenWindowsClose_AreComparedWithThoseThatClosed(string ticks, double logE) => AssertVector(ticks, logE, TimeSpan.FromHours(1));

    [Fact]
    public void Verdict_IsFinal_AndSaysByHowMuch()
    {
        ExperimentMetric complained = Metric("complained", higherIsBetter: false);
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought, complained);
        (ExperimentResult result, ExperimentEvidence evidence) = Check(run, new ExperimentEvidence(), (500, 10), (500, 40));
        ExperimentComparison comparison = Assert.Single(result.Metrics[1].Comparisons);
        Assert.Equal((ExperimentVerdict.Worse, true), (comparison.Verdict, comparison.MinimumsMet));
        // B1 of the bounds' vectors, and E of C4.
        Close.To(3, comparison.Lift!.Estimate);
        Close.To(1.54457158 - 1, comparison.Lift.Low, 1e-6);
        Close.To(13.1542454 - 1, comparison.Lift.High, 1e-6);
        Close.To(1 / 3031.841812, comparison.PValue);
        Assert.Null(comparison.Difference);
        Assert.Equal("b is worse than a in complained: 8 % against 2 %, 4 × as frequent, at least 1.54 ×.", comparison.Summary);
        Assert.Equal((ExperimentVerdict.Worse, comparison.Summary), (result.Verdict, result.Summary));

        Assert.Equal(Sums.Noon, comparison.DecidedAt);

        // From then on b does as well as a, until nobody would say so any more: the report is that of the check that found it.
        (ExperimentResult later, evidence) = Check(run, Stored(evidence), (50_000, 1_000), (50_000, 1_030), Sums.Noon.AddHours(1));
        Assert.True(evidence.GuardrailOf("complained", "b").Counts.LogE < 0);
        Assert.Equal(StoredJson.Write(comparison), StoredJson.Write(Assert.Single(later.Metrics[1].Comparisons)));
        Assert.Equal((result.Verdict, result.Summary), (later.Verdict, later.Summary));
        Assert.Equal([0.02, 0.0206], later.Metrics[1].Variants.Select(arm => arm.Mean));
    }

    [Fact]
    public void Verdict_OfValues_IsFinalToo_AndThatOfOtherMetricsIsOfTheLatestCheck()
    {
        ExperimentMetric[] metrics =
        [
            Value("spent", MetricRole.Primary), Value("read", MetricRole.Secondary), Value("waited", MetricRole.Guardrail),
        ];
        ExperimentRun run = Sums.Run([[1, 1]], metrics);
        (ExperimentResult result, ExperimentEvidence evidence) = Check(2_000, 1.5, new ExperimentEvidence(), Sums.Noon);
        Assert.All(result.Metrics, metric => Assert.Equal(ExperimentVerdict.Worse, metric.Comparisons[0].Verdict));
        Assert.Equal([null, null, Sums.Noon], result.Metrics.Select(metric => metric.Comparisons[0].DecidedAt));

        ExperimentResult later = Check(200_000, 1, Stored(evidence), Sums.Noon.AddHours(1)).Result;
        Assert.Equal([ExperimentVerdict.KeepRunning, ExperimentVerdict.KeepRunning, ExperimentVerdict.Worse], later.Metrics.Select(metric => metric.Comparisons[0].Verdict));
        Assert.Equal(StoredJson.Write(result.Metrics[2].Comparisons[0]), StoredJson.Write(later.Metrics[2].Comparisons[0]));
        Assert.Equal(result.Metrics[0].Comparisons[0].PValue, later.Metrics[0].Comparisons[0].PValue); // the smallest of all checks

        (ExperimentResult Result, ExperimentEvidence Evidence) Check(long units, double mean, ExperimentEvidence earlier, DateTimeOffset at)
        {
            (MetricTally compared, MetricTally treated) = (Sums.Values(units, 1, 1), Sums.Values(units, mean, 1));
            return ExperimentAnalysis.Check(run, Sums.Of(run, Sums.Arm(1, 0, units, compared, compared, compared), Sums.Arm(1, 1, units, treated, treated, treated)), earlier, at);
        }
    }

    [Fact]
    public void Verdict_OnceTheSplitIsBroken_IsThat()
    {
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought, Metric("complained", higherIsBetter: false));
        ExperimentEvidence evidence = Check(run, new ExperimentEvidence(), (500, 10), (500, 40)).Evidence;
        ExperimentComparison comparison = Check(run, evidence, (5_300, 100), (4_700, 400)).Result.Metrics[1].Comparisons[0];
        Assert.Equal((ExperimentVerdict.SampleRatioMismatch, null), (comparison.Verdict, comparison.DecidedAt));
    }

    [Fact]
    public void Verdict_WhereMoreIsBetter_IsAboutTheLack()
    {
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought, Metric("returned", higherIsBetter: true));
        ExperimentComparison fewer = Check(run, new ExperimentEvidence(), (500, 40), (500, 10)).Result.Metrics[1].Comparisons[0];
        Assert.Equal(ExperimentVerdict.Worse, fewer.Verdict);
        Assert.Equal("b is worse than a in returned: 2 % against 8 %, 0.25 × as frequent, at most 0.65 ×.", fewer.Summary);
        Close.To(1 / 1.54457158 - 1, fewer.Lift!.High, 1e-6);

        ExperimentComparison more = Check(run, new ExperimentEvidence(), (500, 10), (500, 40)).Result.Metrics[1].Comparisons[0];
        Assert.Equal((ExperimentVerdict.KeepRunning, "Keep running: too little speaks against b in returned so far: 8 % against 2 %."), (more.Verdict, more.Summary));
    }

    [Fact]
    public void Verdict_NeedsThreeBad_AndUnitsOnBothSides()
    {
        ExperimentRun run = Sums.Run([[100, 1]], Sums.Bought, Metric("complained", higherIsBetter: false));
        ExperimentComparison two = Check(run, new ExperimentEvidence(), (100_000, 0), (1_000, 2)).Result.Metrics[1].Comparisons[0];
        Assert.Equal((ExperimentVerdict.KeepRunning, false), (two.Verdict, two.MinimumsMet));
        ExperimentComparison three = Check(run, new ExperimentEvidence(), (100_000, 0), (1_000, 3)).Result.Metrics[1].Comparisons[0];
        // Nobody in control: there is no ratio, and there is still a verdict.
        Assert.Equal((ExperimentVerdict.Worse, null, "b is worse than a in complained: 0.3 % against 0 %."), (three.Verdict, three.Lift, three.Summary));
        ExperimentComparison alone = Check(run, new ExperimentEvidence(), (0, 0), (1, 1)).Result.Metrics[1].Comparisons[0];
        Assert.Equal((ExperimentVerdict.KeepRunning, "Keep running: needs units in a."), (alone.Verdict, alone.Summary));
    }

    [Fact]
    public void Level_IsSharedByAllGuardrailsAndVariants()
    {
        ExperimentMetric[] guards = [Metric("complained", higherIsBetter: false), Metric("left", higherIsBetter: false)];
        ExperimentRun run = Sums.Run([[1, 1, 1]], [Sums.Bought, .. guards]);
        Assert.Equal(0.05 / 4, ExperimentLevel.Of(run, guards[0], 1).Alpha, 1e-15);
    }

    private static ExperimentMetric Metric(string name, bool higherIsBetter, TimeSpan? window = null) =>
        new() { Name = name, Kind = MetricKind.Binary, Role = MetricRole.Guardrail, HigherIsBetter = higherIsBetter, Window = window };

    private static ExperimentMetric Value(string name, MetricRole role) => new() { Name = name, Kind = MetricKind.Continuous, Role = role, HigherIsBetter = false };

    /// <summary>As another instance, or a later one, reads it.</summary>
    private static ExperimentEvidence Stored(ExperimentEvidence evidence) => StoredJson.Read<ExperimentEvidence>(StoredJson.Write(evidence));

    private static (ExperimentResult Result, ExperimentEvidence Evidence) Check(
        ExperimentRun run, ExperimentEvidence earlier, (long Units, long Ones) control, (long Units, long Ones) variant, DateTimeOffset? at = null) =>
        ExperimentAnalysis.Check(
            run,
            Sums.Of(run, Sums.Arm(1, 0, control.Units, Sums.Ones(0), Sums.Ones(control.Ones)), Sums.Arm(1, 1, variant.Units, Sums.Ones(0), Sums.Ones(variant.Ones))),
            earlier, at ?? Sums.Noon);

    private static void AssertVector(string ticks, double logE, TimeSpan? window)
    {
        CountWindow[][] steps = [.. Ticks.Parse(ticks)];
        foreach (bool swapped in (bool[])[false, true])
        {
            ExperimentMetric metric = Metric("complained", higherIsBetter: swapped, window);
            ExperimentRun run = Sums.Run([.. steps.Select(_ => (decimal[])[1, 1])], Sums.Bought, metric);
            var arms = new List<VariantTally>();
            var evidence = new ExperimentEvidence();
            for (int step = 0; step < steps.Length; step++)
            {
                CountWindow sums = default;
                arms.AddRange([Arm(step, sums, bad: true, swapped), Arm(step, sums, bad: false, swapped)]);
                foreach (CountWindow tick in steps[step])
                {
                    sums += tick;
                    (arms[^2], arms[^1]) = (Arm(step, sums, bad: true, swapped), Arm(step, sums, bad: false, swapped));
                    evidence = Stored(evidence.Check(run, Sums.Of(run, [.. arms])));
                }
            }
            Close.To(logE, evidence.GuardrailOf("complained", "b").Counts.LogE);
        }

        // Where more is better, the arm that the vector calls exposed is control.
        static VariantTally Arm(int step, CountWindow sums, bool bad, bool swapped) => bad
            ? Sums.Arm(step + 1, swapped ? 0 : 1, sums.Exposed, Sums.Ones(0), Sums.Ones(sums.BadExposed, sums.Exposed))
            : Sums.Arm(step + 1, swapped ? 1 : 0, sums.Control, Sums.Ones(0), Sums.Ones(sums.BadControl, sums.Control));
    }
}
