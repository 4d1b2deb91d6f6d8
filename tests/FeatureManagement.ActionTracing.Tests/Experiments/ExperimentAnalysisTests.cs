using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;
using FeatureManagement.ActionTracing.Tests.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>From sums that are written by hand to what they say. The expected numbers are the published vectors, or worked out apart from this code.</summary>
public sealed class ExperimentAnalysisTests
{
    [Fact]
    public void Evidence_OfNamesWithASlash_IsKeptApart()
    {
        static ExperimentMetricResult Metric(string name, string variant, double p) => new()
        {
            Name = name,
            Kind = MetricKind.Binary,
            Role = MetricRole.Secondary,
            HigherIsBetter = true,
            Variants = [],
            Comparisons = [new() { Variant = variant, Verdict = ExperimentVerdict.KeepRunning, Summary = "", MinimumsMet = true, PValue = p }],
        };
        var check = new ExperimentResult
        {
            Flag = "layout",
            Run = 1,
            Started = default,
            At = default,
            Control = "old",
            PrimaryMetric = "a",
            Alpha = 0.05,
            PlannedUnits = 1,
            Units = 0,
            Verdict = ExperimentVerdict.KeepRunning,
            Summary = "",
            SampleRatio = new ExperimentSampleRatio { IsMismatch = false, PValue = 1, Allocation = [] },
            Metrics = [Metric("a", "b/c", 0.1), Metric("a/b", "c", 0.2)],
            History = [],
        };
        ExperimentEvidence evidence = new ExperimentEvidence().Add(check, 0, TimeSpan.Zero);
        Assert.Equal((0.1, 0.2), (evidence.PValueOf("a", "b/c"), evidence.PValueOf("a/b", "c")));
    }

    [Fact]
    public void OneStep_IsTheVector()
    {
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought);
        ExperimentResult result = Check(run, Sums.Arm(1, 0, 20_000, Sums.Ones(1_000)), Sums.Arm(1, 1, 20_000, Sums.Ones(1_200)));
        ExperimentComparison comparison = result.Metrics[0].Comparisons[0];
        AssertInterval(0.01, 0.002721296117, 0.01727870388, comparison.Difference!);
        AssertInterval(0.2, 0.05083214356, 0.3738039186, comparison.Lift!);
        Close.To(0.0007445920045, comparison.PValue);
        Close.To(0.9999883227, comparison.ChanceToBeatControl!.Value);
        Assert.Equal((ExperimentVerdict.Better, ExperimentVerdict.Better, 40_000), (comparison.Verdict, result.Verdict, result.Units));
        Assert.Equal("b is better than a in bought: +20 % (between +5.08 % and +37.38 %).", result.Summary);
        Assert.Equal([0.05, 0.06], result.Metrics[0].Variants.Select(arm => Math.Round(arm.Mean!.Value, 12)));
    }

    [Fact]
    public void LessIsBetter_IsWorseAndUnlikely()
    {
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought with { HigherIsBetter = false });
        ExperimentResult result = Check(run, Sums.Arm(1, 0, 20_000, Sums.Ones(1_000)), Sums.Arm(1, 1, 20_000, Sums.Ones(1_200)));
        ExperimentComparison comparison = result.Metrics[0].Comparisons[0];
        Assert.Equal((ExperimentVerdict.Worse, ExperimentVerdict.Worse), (comparison.Verdict, result.Verdict));
        Close.To(1 - 0.9999883227, comparison.ChanceToBeatControl!.Value, 1e-4);
    }

    [Fact]
    public void Steps_AreComparedApartAndAddedUp()
    {
        // As the fourth vector has it, with the mixing constant of this plan and these weights: 10,000 units, 10 % of them in b.
        ExperimentRun run = Sums.Run([[9, 1], [1, 1]], Sums.Bought);
        ExperimentComparison comparison = Check(
            run, Sums.Arm(1, 0, 9_000, Sums.Ones(450)), Sums.Arm(1, 1, 1_000, Sums.Ones(100)), Sums.Arm(2, 0, 5_000, Sums.Ones(250)), Sums.Arm(2, 1, 5_000, Sums.Ones(300)))
            .Metrics[0].Comparisons[0];
        AssertInterval(0.02058823529, 0.007189297688494365, 0.03398717289974093, comparison.Difference!);
        AssertInterval(0.4117647059, 0.13176184983887995, 0.7595928596396051, comparison.Lift!);
        Close.To(8.19521688423171e-05, comparison.PValue);
    }

    [Fact]
    public void Steps_WithABaselineThatRises_ShowNoEffectThatIsNotThere()
    {
        // Together, b has 2.96 % and a 1.67 %.
        ExperimentRun run = Sums.Run([[99, 1], [1, 1]], Sums.Bought);
        ExperimentResult result = Check(
            run, Sums.Arm(1, 0, 9_900, Sums.Ones(99)), Sums.Arm(1, 1, 100, Sums.Ones(1)), Sums.Arm(2, 0, 5_000, Sums.Ones(150)), Sums.Arm(2, 1, 5_000, Sums.Ones(150)));
        Assert.Equal(0, result.Metrics[0].Comparisons[0].Difference!.Estimate, 1e-15);
        Assert.Equal((ExperimentVerdict.KeepRunning, 1), (result.Verdict, result.Metrics[0].Comparisons[0].PValue));
    }

    [Fact]
    public void ThreeVariants_DivideTheBound()
    {
        ExperimentRun run = Sums.Run([[1, 1, 1]], Sums.Bought);
        ExperimentResult result = Check(run, Sums.Arm(1, 0, 5_000, Sums.Ones(250)), Sums.Arm(1, 1, 5_000, Sums.Ones(300)), Sums.Arm(1, 2, 5_000, Sums.Ones(350)));
        IReadOnlyList<ExperimentComparison> comparisons = result.Metrics[0].Comparisons;
        AssertInterval(0.01, -0.005307821548928757, 0.025307821548928758, comparisons[0].Difference!);
        AssertInterval(0.02, 0.003796520786518237, 0.036203479213481785, comparisons[1].Difference!);
        Assert.Equal([ExperimentVerdict.KeepRunning, ExperimentVerdict.Better], comparisons.Select(comparison => comparison.Verdict));
        Assert.Equal((ExperimentVerdict.Better, comparisons[1].Summary), (result.Verdict, result.Summary));
    }

    [Fact]
    public void PValue_IsTheSmallestOfAllChecks_OnceMinimumsAreMet()
    {
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought);
        ExperimentEvidence evidence = new();
        double last = 1;
        foreach ((long control, long variant, double expected) in ((long, long, double)[])[(1_000, 1_200, 0.0007445920045), (2_000, 2_210, 0.0007445920045)])
        {
            (ExperimentResult result, evidence) = ExperimentAnalysis.Check(run, Sums.Of(run, Sums.Arm(1, 0, 20_000, Sums.Ones(control)), Sums.Arm(1, 1, 20_000, Sums.Ones(variant))), evidence, Sums.Noon);
            last = result.Metrics[0].Comparisons[0].PValue;
            Close.To(expected, last);
        }
        // Below the minimums a check counts for nothing, however striking.
        ExperimentComparison early = Check(run, Sums.Arm(1, 0, 90, Sums.Ones(0)), Sums.Arm(1, 1, 100, Sums.Ones(95))).Metrics[0].Comparisons[0];
        Assert.Equal((ExperimentVerdict.KeepRunning, false, 1, "Keep running: needs 10 more units in a."), (early.Verdict, early.MinimumsMet, early.PValue, early.Summary));
        ExperimentComparison rare = Check(run, Sums.Arm(1, 0, 5_000, Sums.Ones(0)), Sums.Arm(1, 1, 5_000, Sums.Ones(9))).Metrics[0].Comparisons[0];
        Assert.Equal("Keep running: needs 1 more conversions.", rare.Summary);
    }

    [Theory]
    [InlineData(4_999, "Keep running: no difference yet between b and a in bought: ", "9,998 of 10,000 planned units are in.")]
    [InlineData(5_000, "No difference shown between b and a in bought: ", "All planned units are in; if the interval contains no effect that matters, keep control.")]
    public void Summary_BeyondThePlannedUnits_NoLongerSaysToKeepRunning(long units, string start, string end)
    {
        ExperimentResult result = Check(Sums.Run([[1, 1]], Sums.Bought), Sums.Arm(1, 0, units, Sums.Ones(500)), Sums.Arm(1, 1, units, Sums.Ones(505)));
        Assert.Equal(ExperimentVerdict.KeepRunning, result.Verdict);
        Assert.StartsWith(start, result.Summary, StringComparison.Ordinal);
        Assert.EndsWith(end, result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_AreComparedByTheirMeans()
    {
        // The sixth and seventh vectors' data, with the mixing constant that 10,000 planned units give: 315.0140245.
        ExperimentRun run = Sums.Run([[1, 1]], new ExperimentMetric { Name = "spent", Kind = MetricKind.Continuous, Role = MetricRole.Primary });
        ExperimentComparison comparison = Check(run, Sums.Arm(1, 0, 40_000, Sums.Values(40_000, 9.8, 380)), Sums.Arm(1, 1, 40_000, Sums.Values(40_000, 10.5, 410))).Metrics[0].Comparisons[0];
        var difference = new MeanDifference(20_000 * 10.5, 20_000 * 9.8, 20_000.0 * 20_000 * 410 / 40_000, 20_000.0 * 20_000 * 395 / 40_000, 20_000, 40_000, 40_000);
        Assert.Equal(0.1418626096, difference.StandardError, 1e-10);
        double width = Math.Sqrt((20_000 + 315.0140245) / 20_000 * Math.Log((20_000 + 315.0140245) / (315.0140245 * 0.0025))) * 0.1418626096;
        AssertInterval(0.7, 0.7 - width, 0.7 + width, comparison.Difference!);
        Assert.Equal(ExperimentVerdict.Better, comparison.Verdict);

        ExperimentComparison few = Check(run, Sums.Arm(1, 0, 1_000, Sums.Values(1_000, 9.8, 380)), Sums.Arm(1, 1, 1_000, Sums.Values(999, 90, 410))).Metrics[0].Comparisons[0];
        Assert.Equal((ExperimentVerdict.KeepRunning, "Keep running: needs 1 more units in b."), (few.Verdict, few.Summary));
    }

    [Fact]
    public void GuardrailOfValues_IsOneSided()
    {
        // The seventh vector's data of the one-sided test, at 5 %, with ten times the mixing constant of 250 units.
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought, new ExperimentMetric { Name = "waited", Kind = MetricKind.Continuous, Role = MetricRole.Guardrail, HigherIsBetter = false });
        ExperimentComparison comparison = Check(
            run, Sums.Arm(1, 0, 5_000, Sums.Ones(250), Sums.Values(5_000, 4.6, 1)), Sums.Arm(1, 1, 5_000, Sums.Ones(250), Sums.Values(5_000, 4.7, 1))).Metrics[1].Comparisons[0];
        AssertInterval(0.1, 0.04441811529372957, 0.15558188470627043, comparison.Difference!);
        Close.To(2.7767875848434225e-05, comparison.PValue);
        Assert.Equal((ExperimentVerdict.Worse, null, null), (comparison.Verdict, comparison.Lift, comparison.ChanceToBeatControl));
        Assert.Equal("b is worse than a in waited: +0.1 (between +0.04 and +0.16).", comparison.Summary);
    }

    [Fact]
    public void SampleRatio_AddsUpOverSteps_AndStaysBroken()
    {
        ExperimentRun run = Sums.Run([[99, 1], [95, 5], [1, 1]], Sums.Bought);
        VariantTally[] vector =
        [
            Sums.Arm(1, 0, 9_880, Sums.Ones(0)), Sums.Arm(1, 1, 120, Sums.Ones(0)), Sums.Arm(2, 0, 9_440, Sums.Ones(0)), Sums.Arm(2, 1, 560, Sums.Ones(0)),
            Sums.Arm(3, 0, 4_850, Sums.Ones(0)), Sums.Arm(3, 1, 5_150, Sums.Ones(0)),
        ];
        ExperimentSampleRatio ratio = Check(run, vector).SampleRatio;
        Assert.False(ratio.IsMismatch);
        Close.To(0.02878332465, ratio.PValue);
        Assert.Equal([9_900 + 9_500 + 5_000, 100 + 500 + 5_000], ratio.Allocation.Select(arm => Math.Round(arm.Expected, 9)));

        ExperimentRun even = Sums.Run([[1, 1]], Sums.Bought);
        (ExperimentResult broken, ExperimentEvidence evidence) = ExperimentAnalysis.Check(
            even, Sums.Of(even, Sums.Arm(1, 0, 5_300, Sums.Ones(900)), Sums.Arm(1, 1, 4_700, Sums.Ones(1_700))), new ExperimentEvidence(), Sums.Noon);
        Assert.Equal((true, ExperimentVerdict.SampleRatioMismatch, ExperimentVerdict.SampleRatioMismatch), (broken.SampleRatio.IsMismatch, broken.Verdict, broken.Metrics[0].Comparisons[0].Verdict));
        Close.To(3.61897907e-7, broken.SampleRatio.PValue);
        // What comes later makes the arms even again. It stays broken.
        ExperimentResult later = ExperimentAnalysis.Check(even, Sums.Of(even, Sums.Arm(1, 0, 50_000, Sums.Ones(900)), Sums.Arm(1, 1, 50_000, Sums.Ones(1_700))), evidence, Sums.Noon).Result;
        Assert.Equal(ExperimentVerdict.SampleRatioMismatch, later.Verdict);
        Close.To(3.61897907e-7, later.SampleRatio.PValue);
    }

    [Fact]
    public void Winner_ThatAGuardrailSpeaksAgainst_IsNone()
    {
        var complained = new ExperimentMetric { Name = "complained", Kind = MetricKind.Binary, Role = MetricRole.Guardrail, HigherIsBetter = false };
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought, complained);
        ExperimentResult result = Check(run, Sums.Arm(1, 0, 20_000, Sums.Ones(1_000), Sums.Ones(20)), Sums.Arm(1, 1, 20_000, Sums.Ones(1_200), Sums.Ones(90)));
        Assert.Equal(ExperimentVerdict.Better, result.Metrics[0].Comparisons[0].Verdict);
        Assert.Equal((ExperimentVerdict.Worse, result.Metrics[1].Comparisons[0].Summary), (result.Verdict, result.Summary));
    }

    [Fact]
    public void History_HasAPointAMinute_AndIsThinnedEvenly()
    {
        ExperimentRun run = Sums.Run([[1, 1]], Sums.Bought);
        ExperimentEvidence evidence = new();
        for (int second = 0; second < 500 * 60; second += 20)
            (_, evidence) = ExperimentAnalysis.Check(
                run, Sums.Of(run, Sums.Arm(1, 0, 200 + second, Sums.Ones(20)), Sums.Arm(1, 1, 200 + second, Sums.Ones(25))), evidence, Sums.Noon.AddSeconds(second));
        Assert.InRange(evidence.History.Count, 100, 201);
        Assert.Equal(Sums.Noon, evidence.History[0].At);
        Assert.Equal(Sums.Noon.AddMinutes(499), evidence.History[^1].At);
        Assert.Equal(evidence.History.OrderBy(point => point.At), evidence.History);
    }

    private static ExperimentResult Check(ExperimentRun run, params VariantTally[] arms) =>
        ExperimentAnalysis.Check(run, Sums.Of(run, arms), new ExperimentEvidence(), Sums.Noon).Result;

    private static void AssertInterval(double estimate, double low, double high, ExperimentInterval actual)
    {
        Close.To(estimate, actual.Estimate);
        Close.To(low, actual.Low);
        Close.To(high, actual.High);
    }
}
