using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Statistics;

/// <summary>Where evidence begins to be enough, and how much more of it would be.</summary>
public sealed class EvidenceBoundaryTests
{
    private const double Alpha = 0.05;

    [Fact]
    public void CountStops_EvidenceAgainstAWorsening_DoesNot()
    {
        CountEvidence evidence = CountEvidence.None.Add(new CountWindow(500, 500, 10, 10), 1);
        Assert.InRange(evidence.LogE, -1, 0);
        Assert.False(evidence.Stops(Alpha));
    }

    [Fact]
    public void CountAdd_TwoWindows_AddsTheBadOfBothArms()
    {
        CountEvidence evidence = CountEvidence.None.Add(new CountWindow(100, 200, 3, 5), 1).Add(new CountWindow(100, 200, 4, 7), 1);
        Assert.Equal((7, 12), (evidence.BadExposed, evidence.BadControl));
    }

    [Theory]
    [InlineData(10, 10, 0, 0, false)]
    [InlineData(10, 0, 1, 0, false)]
    [InlineData(0, 10, 0, 1, false)]
    [InlineData(10, 10, 1, 0, true)]
    [InlineData(10, 10, 0, 1, true)]
    public void Window_IsInformative_WhereBothArmsAreThereAndAUserTurnedBad(long exposed, long control, long badExposed, long badControl, bool informative) =>
        Assert.Equal(informative, new CountWindow(exposed, control, badExposed, badControl).IsInformative);

    [Fact]
    public void WindowsAdded_KeepTheirStratumOnlyWhereItIsTheSame()
    {
        CountWindow first = new CountWindow(1, 2, 3, 4) with { Stratum = "a" };
        Assert.Equal(new CountWindow(2, 4, 6, 8) with { Stratum = "a" }, first + first);
        Assert.Equal(new CountWindow(2, 4, 6, 8), first + (first with { Stratum = "b" }));
    }

    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.05, 2)]
    [InlineData(0.5, 1)]
    [InlineData(0.5, 1.5)]
    [InlineData(0.9, 1)]
    public void MoreToStop_IsWhatOneBadUnitAfterAnotherNeeds(double exposed, double tolerated)
    {
        const long Users = 1_000_000;
        var bad = new CountWindow((long)(exposed * Users), (long)((1 - exposed) * Users), 1, 0);
        foreach (CountEvidence start in new[]
        {
            CountEvidence.None,
            CountEvidence.None.Add(bad with { BadExposed = 2 }, tolerated),
            CountEvidence.None.Add(bad with { BadExposed = 3, BadControl = 9 }, tolerated),
        })
        {
            CountEvidence evidence = start;
            long needed = 0;
            while (!evidence.Stops(Alpha))
            {
                evidence = evidence.Add(bad, tolerated);
                needed++;
            }
            Assert.Equal(Math.Max(1, needed), start.MoreToStop(exposed, tolerated, Alpha));
        }
    }

    [Fact]
    public void MoreToStop_OfTooMany_IsNull() => Assert.Null(CountEvidence.None.MoreToStop(0.99, 1, 1e-30));

    [Fact]
    public void RateStops_EvidenceAgainstTheBound_DoesNot()
    {
        var rate = new RateAboveBound(30, 3);
        Assert.InRange(rate.LogE(0.1), -2.9, 0);
        Assert.False(rate.Stops(0.1, Alpha));
    }

    [Theory]
    [InlineData(0, 0, 0.1)]
    [InlineData(100, 10, 0.1)]
    [InlineData(5, 2, 0.5)]
    [InlineData(0, 0, 0.9)]
    public void MoreErrorsToStop_IsWhatOneErrorAfterAnotherNeeds(long units, long errors, double bound)
    {
        long needed = 1;
        while (errors + needed < RateAboveBound.MinimumErrors || new RateAboveBound(units + needed, errors + needed).LogE(bound) < Math.Log(1 / Alpha))
            needed++;
        Assert.Equal(needed, new RateAboveBound(units, errors).MoreErrorsToStop(bound, Alpha));
    }

    [Fact]
    public void MoreErrorsToStop_OfTooMany_IsNull() => Assert.Null(new RateAboveBound(0, 0).MoreErrorsToStop(0.999, 1e-6));

    [Fact]
    public void RateLower_IsTheBoundThatTheEvidenceJustReaches()
    {
        double lower = new RateAboveBound(200, 60).Lower(Alpha);
        Assert.InRange(lower, 0.1, 0.3);
        Close.To(Math.Log(1 / Alpha), new RateAboveBound(200, 60).LogE(lower), 1e-6);
    }

    [Theory]
    [InlineData(0, 0, Alpha)]
    [InlineData(10, 0, Alpha)]
    [InlineData(1, 1, 1e-12)] // an error speaks against any bound, but not that much
    public void RateLower_WithoutEnoughEvidence_IsZero(long units, long errors, double alpha) => Assert.Equal(0, new RateAboveBound(units, errors).Lower(alpha));

    [Fact]
    public void RatioBounds_TooFewBadForTheLevel_AreNone()
    {
        Assert.Equal(double.PositiveInfinity, RateRatios.Upper([new(990, 10, 5, 0)], Alpha));
        // So many bad outcomes alone, and no fewer, can reach the level.
        int fewest = Enumerable.Range(1, 20).First(bad => RateRatios.Average([.. RateRatios.Grid.Select(ratio => bad * Math.Log(ratio))]) >= Math.Log(1 / Alpha));
        Assert.Equal(0, RateRatios.Lower([new(10, 1_000_000_000, fewest - 1, 0)], Alpha));
        Assert.True(RateRatios.Lower([new(10, 1_000_000_000, fewest, 0)], Alpha) > 0);
    }

    [Fact]
    public void Difference_OfTheFewestValues_CountsThem()
    {
        Moments one = default(Moments).Add(1), two = one.Add(3);
        Assert.Equal(default, MeanDifference.Of(one, one));
        MeanDifference difference = MeanDifference.Of(two, one);
        Assert.Equal((2, 1), (difference.Treated, difference.Control));
        Assert.Equal(difference with { Treated = 1, Control = 2, A = difference.B, B = difference.A, P = difference.Q, Q = difference.P }, MeanDifference.Of(one, two));
        Assert.False(default(MeanDifference).IsInformative);
        Assert.Equal(default, MeanDifference.Of(two, default));
    }

    [Fact]
    public void Moments_OfNoBinaryValue_AreNone() => Assert.Equal(default, Moments.OfBinary(0, 0));

    [Fact]
    public void Moments_OfNothing_AddNothing()
    {
        Moments none = default, some = none.Add(1).Add(3);
        Assert.Equal((none, some, some), (none + none, some + none, none + some));
    }

    [Fact]
    public void CountPValue_OfEvidenceThatFallsAgain_StaysTheSmallest()
    {
        CountEvidence worse = CountEvidence.None.Add(new CountWindow(500, 500, 30, 10), 1);
        CountEvidence better = worse.Add(new CountWindow(500, 500, 0, 30), 1);
        Assert.True(better.LogE < 0);
        Assert.Equal(Math.Exp(-worse.LogE), better.PValue);
        Assert.Equal(1, CountEvidence.None.Add(new CountWindow(500, 500, 0, 30), 1).PValue);
    }

    [Fact]
    public void MoreToStop_Waits_ForAThousandAtMost()
    {
        const double Exposed = 0.9;
        double LogE(int bad) => RateRatios.Average(
            [.. RateRatios.Grid.Select(ratio => bad * (Math.Log(ratio) - Math.Log(1 + Exposed * (ratio - 1))))]);
        Assert.Equal(1_000, CountEvidence.None.MoreToStop(Exposed, 1, Math.Exp(-LogE(1_000) + 1e-6)));
        Assert.Null(CountEvidence.None.MoreToStop(Exposed, 1, Math.Exp(-LogE(1_000) - 1e-6)));
    }

    [Fact]
    public void MoreErrorsToStop_Waits_ForAThousandAtMost()
    {
        const double Bound = 0.9;
        double enough = new RateAboveBound(1_000, 1_000).LogE(Bound);
        Assert.Equal(1_000, default(RateAboveBound).MoreErrorsToStop(Bound, Math.Exp(-enough + 1e-6)));
        Assert.Null(default(RateAboveBound).MoreErrorsToStop(Bound, Math.Exp(-enough - 1e-6)));
    }

    [Theory]
    [InlineData(1, 1, 0.5)]
    [InlineData(3, 3, Alpha)]
    [InlineData(1_000, 400, Alpha)]
    public void RateLower_LiesBelowTheRate_AndIsExact(long units, long errors, double alpha)
    {
        var rate = new RateAboveBound(units, errors);
        double lower = rate.Lower(alpha);
        Assert.InRange(lower, 1e-9, (double)errors / units);
        Assert.True(rate.LogE(lower * (1 - 1e-9)) > -Math.Log(alpha) && rate.LogE(lower * (1 + 1e-9)) < -Math.Log(alpha));
    }

    [Theory]
    [InlineData(1_023)]
    [InlineData(1_024)]
    public void Windows_BeyondTheLimit_AreAddedTogetherInsideTheirStratum(int kept)
    {
        CountWindow[] windows =
        [
            new CountWindow(1, 1, 1, 0), new CountWindow(2, 1, 1, 0),
            .. Enumerable.Range(0, kept - 2).Select(i => new CountWindow(10, 20, 1, 2) with { Stratum = i % 3 == 0 ? "a" : "b" }),
        ];
        var next = new CountWindow(5, 6, 1, 0) { Stratum = "a" };
        IReadOnlyList<CountWindow> after = CountWindow.Keep(windows, next);
        if (kept < 1_024)
        {
            Assert.Equal([.. windows, next], after);
            return;
        }
        var pair = new CountWindow(20, 40, 2, 4);
        CountWindow[] expected =
        [
            windows[0], windows[1],
            .. Enumerable.Repeat(pair with { Stratum = "a" }, 170), new CountWindow(10, 20, 1, 2) with { Stratum = "a" },
            .. Enumerable.Repeat(pair with { Stratum = "b" }, 340), new CountWindow(10, 20, 1, 2) with { Stratum = "b" },
            next,
        ];
        Assert.Equal(expected, after);
    }

    [Fact]
    public void Windows_ThatSayNothing_AreNotKept()
    {
        CountWindow[] windows = [new(1, 1, 1, 0)];
        Assert.Same(windows, CountWindow.Keep(windows, new CountWindow(10, 10, 0, 0)));
    }

    [Fact]
    public void RatioBounds_EvenFarAway_AreExact()
    {
        CountWindow[] windows = [new(1_000_000, 1, 500, 4), new(1_000, 1_000, 3, 2)];
        double lower = RateRatios.Lower(windows, Alpha);
        double LogE(double tolerated) => windows.Aggregate(CountEvidence.None, (sum, window) => sum.Add(window, tolerated)).LogE;
        Close.To(-Math.Log(Alpha), LogE(lower), 1e-9);
        Assert.True(LogE(lower * 0.999) > LogE(lower * 1.001));
    }

    [Fact]
    public void SampleRatio_IsAMismatch_FromOneInAThousandOn()
    {
        double threshold = Math.Log(1_000);
        Assert.True(new SampleRatioEvidence(threshold + 1e-9, threshold + 1e-9).IsMismatch);
        Assert.False(new SampleRatioEvidence(threshold - 1e-9, threshold - 1e-9).IsMismatch);
        Assert.Equal(1, new SampleRatioEvidence(-3, -3).PValue);
    }

    [Fact]
    public void RatioBounds_OfManyWindowsWithOneBadUserEach_AreThoseOfAllTogether()
    {
        CountWindow[] exposed = [.. Enumerable.Repeat(new CountWindow(10, 990, 1, 0), 20)];
        CountWindow[] control = [.. Enumerable.Repeat(new CountWindow(990, 10, 0, 1), 20)];
        Assert.True(RateRatios.Lower(exposed, Alpha) > 1);
        Assert.True(RateRatios.Upper(control, Alpha) < 1);
    }
}
