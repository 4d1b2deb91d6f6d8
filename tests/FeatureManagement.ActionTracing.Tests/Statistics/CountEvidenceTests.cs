using CsCheck;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Statistics;

public class CountEvidenceTests
{
    private const string C5 = "10,990,0,9 12,988,1,11 9,991,2,10 | 50,950,2,8 48,952,3,11";
    private const string U2 = "10,990,0,8 7,700,1,6 5,520,1,4 | 60,1140,3,9 41,800,2,7 30,600,2,3";

    [Theory]
    [InlineData(1, "100,9900,3,99", 1, 0.6002836653, 1.822635746, 3.0)]
    [InlineData(1, "10,990,3,0", 1, 4.947704616, 140.8512848, double.NaN)]
    [InlineData(1, "500,500,10,10", 1, -0.7461757461, 0.474176461, 1.0)]
    [InlineData(1, "500,500,40,10", 1, 8.016925572, 3031.841812, 4.0)]
    [InlineData(1, C5, 5, 5.712789527, 302.7143213, 6.230645161)]
    [InlineData(1.25, C5, 5, 4.387760863, 80.460056, 6.230645161)]
    [InlineData(1, "0,100,0,1 0,97,0,2 1,99,1,0 2,98,0,1 0,100,0,3 | 5,95,1,0 4,0,1,0 5,96,0,2", 4, 3.078752414, 21.73127384, 14.19602368)]
    [InlineData(1, "100,9900,1,99 | 5000,5000,150,150", 2, -1.941205264, 0.143530853, 1.0)]
    [InlineData(1, "5000,5000,30,260", 1, -13.08160159, 2.083207907e-6, 0.1153846154)]
    [InlineData(1.1, "100000,9900000,260,19800", 1, 1.774437889, 5.896965457, 1.3)]
    public void Add_RequestWindows_IsTheVectors(double tolerated, string ticks, int windows, double logE, double e, double ratio)
    {
        CountWindow[] closed = [.. Ticks.OfRequests(ticks)];

        CountEvidence evidence = closed.Aggregate(CountEvidence.None, (before, window) => before.Add(window, tolerated));

        Assert.Equal(windows, closed.Length);
        AssertIs(logE, e, ratio, evidence);
    }

    [Theory]
    [InlineData(1, "10,990,0,8 7,700,1,6 5,520,1,4", 1.759816143, 5.811368833, 11.05133999)]
    [InlineData(1, U2, 7.903776698, 2707.488409, 7.689503657)]
    [InlineData(1.25, U2, 6.21289911, 499.1462353, 7.689503657)]
    [InlineData(1, "0,40,0,2 0,31,0,1 1,30,0,0 0,25,1,1 2,20,1,0", 2.783462831, 16.17493515, 250.442953)]
    [InlineData(1, "200,200,4,5 150,150,3,2 0,0,2,2", -0.7164050209, 0.4885052693, 1.0)]
    [InlineData(1, "500,9500,20,95 0,0,15,60 0,0,9,31", 27.06001744, 564958118800.0, 4.494623656)]
    public void Add_UnitWindows_IsTheVectors(double tolerated, string ticks, double logE, double e, double ratio) =>
        AssertIs(logE, e, ratio, Ticks.OfUnits(ticks).Aggregate(CountEvidence.None, (before, window) => before.Add(window, tolerated)));

    [Fact]
    public void Add_RunningSequence_IsTheVectors()
    {
        (double LogE, double P, bool Stop)[] expected =
        [
            (-0.1846172422, 1.0, false), (0.4089904394, 0.6643205836, false), (1.177019802, 0.3081958559, false), (3.906894978, 0.02010282397, true),
            (5.311171035, 0.004936142937, true), (7.749611004, 0.0004309101305, true), (8.036307927, 0.0003235011378, true), (11.82445237, 7.323279086e-6, true),
        ];
        CountEvidence evidence = CountEvidence.None;
        foreach ((CountWindow window, (double logE, double p, bool stop)) in Ticks
            .OfRequests("10,990,0,10 11,989,1,9 9,991,1,12 10,990,2,10 10,990,1,8 | 50,950,3,9 52,948,2,10 47,953,4,11").Zip(expected))
        {
            evidence = evidence.Add(window, 1);
            Close.To(logE, evidence.LogE);
            Close.To(p, evidence.PValue);
            Assert.Equal(stop, evidence.Stops(0.05));
        }
    }

    [Theory]
    [InlineData(0.05, "500,500,40,10", 1.54457158, 13.1542454)]
    [InlineData(0.05, "100,9900,8,99", 2.18170769, 20.3657754)]
    [InlineData(0.05, "100,9900,1,99 | 5000,5000,150,150", 0.712411409, 1.4029591)]
    [InlineData(0.05, "10,990,3,0", 16.1360191, double.PositiveInfinity)]
    [InlineData(0.025, "1000,1000,20,25 1000,1000,22,18 2000,2000,41,39", 0.615837037, 1.66453425)]
    [InlineData(0.016666666666666667, "200,19800,9,198 | 1000,19000,35,190", 2.0687013, 6.10762427)]
    public void Bounds_ClosedWindows_AreTheVectors(double alpha, string ticks, double lower, double upper)
    {
        CountWindow[] windows = [.. Ticks.OfRequests(ticks)];
        Close.To(lower, RateRatios.Lower(windows, alpha), 1e-6);
        Close.To(upper, RateRatios.Upper(windows, alpha), 1e-6);
    }

    [Fact]
    public void Lower_NothingBadAmongTheExposed_IsNoBound() => Assert.Equal(0, RateRatios.Lower([new(10, 990, 0, 5)], 0.05));

    [Fact]
    public void Lower_AnyWindows_LiesAboveTheToleratedRatioExactlyWhereTheEvidenceExceedsTheLevel() =>
        Gen.Select(Gen.Int[1, 2_000], Gen.Int[1, 2_000], Gen.Int[0, 30], Gen.Int[0, 30]).Array[1, 6].Select(Gen.Double[1, 1.5]).Sample((counts, tolerated) =>
        {
            CountWindow[] windows = [.. counts.Select(count => new CountWindow(count.Item1, count.Item2, count.Item3, count.Item4))];
            CountEvidence evidence = windows.Aggregate(CountEvidence.None, (before, window) => before.Add(window, tolerated));
            if (Math.Abs(evidence.LogE - Math.Log(20)) > 1e-6)
                Assert.Equal(evidence.LogE > Math.Log(20), RateRatios.Lower(windows, 0.05) > tolerated);
        }, iter: 300);

    [Fact]
    public void Stops_TwoBad_IsNotEnough()
    {
        CountEvidence evidence = CountEvidence.None.Add(new(1, 1_000_000, 2, 0), 1);
        Assert.True(evidence.LogE > Math.Log(20));
        Assert.False(evidence.Stops(0.05));
        Assert.True(evidence.Add(new(1, 1_000_000, 1, 0), 1).Stops(0.05));
    }

    [Fact]
    public void Meter_IsThePartOfTheWay()
    {
        Assert.Equal(0, CountEvidence.None.Add(new(500, 500, 1, 30), 1).Meter(0.05));
        CountEvidence evidence = CountEvidence.None.Add(new(100, 9900, 3, 99), 1);
        Close.To(0.6002836653 / Math.Log(20), evidence.Meter(0.05));
        Assert.Equal(1, CountEvidence.None.Add(new(500, 500, 40, 10), 1).Meter(0.05));
    }

    private static void AssertIs(double logE, double e, double ratio, CountEvidence evidence)
    {
        Close.To(logE, evidence.LogE);
        Close.To(e, Math.Exp(evidence.LogE));
        if (double.IsNaN(ratio))
            Assert.Null(evidence.Ratio);
        else
            Close.To(ratio, evidence.Ratio!.Value);
    }
}
