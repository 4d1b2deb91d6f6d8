using System.Globalization;
using CsCheck;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Statistics;

public class MeanTests
{
    private const double ThirdOfAlpha = 0.016666666666666667;
    private static readonly double TwoPercent = Math.Log(1.02);

    // Steps as "n, mean, s² of the treated / n, mean, s² of control".
    [Theory]
    [InlineData("L1", 0.05, false, "100,0.2,1/1000,0,1", 0.2, 0.1048808848, 90.90909091, -0.1056643016, 0.5056643016, 0.3568614699, 0.9439815782, false)]
    [InlineData("L2", 0.05, true, "120,4.95,0.9/11880,4.60,1.05", 0.35, 0.09394671862, 118.8, 0.08213410901, 0.617865891, 0.009905152435, 0.9988171473, true)]
    [InlineData("L3", 0.05, true, "40,4.90,0.36/3960,4.60,1.00", 0.3, 0.1584185823, 39.6, -0.2233909801, 0.8233909801, 0.5990332529, 0.8938973324, false)]
    [InlineData("L4", 0.025, false, "100,4.71,1.1/9900,4.60,1.0 500,4.83,1.0/9500,4.70,1.0 1000,4.78,1.2/9000,4.66,0.95", 0.122550882, 0.02750388229, 1474.0, 0.0359991752, 0.2091025887, 0.0001953092669, 0.9999944998, true)]
    [InlineData("L5", 0.05, false, "1,5.5,0/99,4.6,1.0 30,4.9,0.8/570,4.6,1.0", 0.3201424212, 0.1833244187, 29.49, -0.3279469371, 0.9682317795, 0.7242140764, 0.8723614549, false)]
    [InlineData("L6", 0.05, true, "100,4.4,1.0/9900,4.6,1.0", -0.2, 0.1005037815, 99.0, -0.4906183879, 0.09061838785, 1.0, 0.03246802399, false)]
    [InlineData("L7", ThirdOfAlpha, true, "5000,4.7,1.0/5000,4.6,1.0", 0.1, 0.02, 2500.0, 0.03325519697, 0.166744803, 0.001458746541, 0.9999652761, true)]
    [InlineData("L8", 0.05, false, "900,4.75,1.3/100,4.60,0.7", 0.15, 0.1176828537, 90.0, -0.1933108431, 0.4933108431, 1.0, 0.8555508281, false)]
    public void OneSided_Vectors(string id, double alpha, bool tolerant, string steps, double estimate, double error, double h, double lower, double upper, double p, double worse, bool stop)
    {
        double margin = tolerant ? TwoPercent : 0;
        MeanDifference difference = Means(steps);

        AssertSums(estimate, error, h, difference);
        Close.To(lower, difference.Estimate - OneSidedTest.HalfWidth(difference, alpha));
        Close.To(upper, difference.Estimate + OneSidedTest.HalfWidth(difference, alpha));
        Close.To(p, OneSidedTest.PValue(difference, margin));
        Close.To(worse, OneSidedTest.ProbabilityWorse(difference, margin));
        Assert.True(stop == OneSidedTest.Stops(difference, margin, alpha), id);
    }

    [Theory]
    [InlineData("A1", 0.05, 315.0140245, "300/5000;250/5000", 0.01, 0.004655570305, 2500.0, -0.004130628846, 0.02413062885, 0.3853233841, 0.2, -0.07292528009, 0.5684924831, 0.9785260292)]
    [InlineData("A2", 0.05, 315.0140245, "1200/20000;1000/20000", 0.01, 0.002327610553, 10000.0, 0.002721296117, 0.01727870388, 0.0007445920045, 0.2, 0.05083214356, 0.3738039186, 0.9999883227)]
    [InlineData("A3", 0.025, 300, "4/1000;90/18000", -0.001, 0.002280299234, 947.3684211, -0.008763175147, 0.006763175147, 1.0, -0.2, -1.73344908, 1.568615457, 0.3511631831)]
    [InlineData("A4", 0.05, 300, "100/1000;450/9000 300/5000;250/5000", 0.02058823529, 0.004293472933, 3400.0, 0.00752725152, 0.03364921907, 9.062229542e-5, 0.4117647059, 0.1382257309, 0.7496736715, 0.9999978541)]
    [InlineData("A5", 0.025, 500, "0/3300;12/3400", -0.003529411765, 0.001255264766, 1674.626866, -0.007784273296, 0.000725449767, 0.09936589934, -1.0, -4.306414241, 2.306414241, 0.006805550523)]
    public void TwoSided_BinaryVectors(string id, double alpha, double r, string steps, double estimate, double error, double h, double low, double high, double p, double lift, double relativeLow, double relativeHigh, double beat) =>
        AssertTwoSided(id, alpha, r, Conversions(steps), estimate, error, h, low, high, p, lift, relativeLow, relativeHigh, beat);

    [Theory]
    [InlineData("A6", 0.05, 300, "2000,10.5,410/2000,9.8,380", 0.7, 0.634428877, 1000.0, -1.275422663, 2.675422663, 1.0, 0.07142857143, -0.118774292, 0.3052236103, 0.8334043828)]
    [InlineData("A7", 0.05, 300, "40000,10.5,410/40000,9.8,380", 0.7, 0.1418626096, 20000.0, 0.2434062245, 1.156593776, 5.084614989e-5, 0.07142857143, 0.0242789254, 0.1208631064, 0.9999995153)]
    [InlineData("A8", 0.025, 250, "1500,0.082,0.21/12000,0.075,0.25 6000,0.101,0.33/6000,0.080,0.26", 0.01669230769, 0.008209576302, 4333.333333, -0.01038676609, 0.04377138147, 0.6065381132, 0.212745098, -0.117590107, 0.6577231353, 0.9759815764)]
    public void TwoSided_ContinuousVectors(string id, double alpha, double r, string steps, double estimate, double error, double h, double low, double high, double p, double lift, double relativeLow, double relativeHigh, double beat) =>
        AssertTwoSided(id, alpha, r, Means(steps), estimate, error, h, low, high, p, lift, relativeLow, relativeHigh, beat);

    [Theory]
    [InlineData(0.05, 2500, 315.0140245)]
    [InlineData(0.025, 2500, 263.0654244)]
    [InlineData(ThirdOfAlpha, 1000, 96.09228787)]
    [InlineData(0.05, 25000, 3150.140245)]
    public void TwoSidedMixing_Vectors(double alpha, double units, double mixing) => Close.To(mixing, TwoSidedTest.MixingFor(units, alpha));

    [Theory]
    [InlineData(0.05, 250, 39.50158727)]
    [InlineData(0.025, 250, 31.50140245)]
    public void OneSidedMixing_Vectors(double alpha, double units, double mixing) => Close.To(mixing, OneSidedTest.MixingFor(units, alpha));

    [Fact]
    public void Inference_AllValuesTheSame_IsNone()
    {
        MeanDifference same = MeanDifference.Of(new(100, 5, 0), new(100, 4, 0));
        Assert.False(OneSidedTest.Stops(same, 0, 0.05));
        Assert.Equal(1, OneSidedTest.PValue(same, 0));
        Assert.Equal(1, TwoSidedTest.PValue(same, 300));
        Assert.Null(TwoSidedTest.Interval(same, 0.05, 300));
        Assert.Null(TwoSidedTest.RelativeInterval(same, 0.05, 300));
        Assert.Equal(0.5, TwoSidedTest.ChanceToBeat(same, 300));
        Assert.Equal(0.5, OneSidedTest.ProbabilityWorse(same, 0));
        Assert.Equal(default, MeanDifference.Of(new(1, 5, 0), new(1, 4, 0)));
        Assert.Equal(default, MeanDifference.Of(default, new(100, 4, 3)));
    }

    [Fact]
    public void RelativeInterval_ControlAroundZero_IsNotAvailable() =>
        Assert.Null(TwoSidedTest.RelativeInterval(MeanDifference.Of(new(100, 5, 900), new(100, 0.01, 900)), 0.05, 300));

    [Fact]
    public void Stops_TwentyNineUnitsInEitherArm_AreNotEnough()
    {
        Assert.False(OneSidedTest.Stops(MeanDifference.Of(new(29, 50, 1), new(2_900, 4, 100)), 0, 0.05));
        Assert.True(OneSidedTest.Stops(MeanDifference.Of(new(30, 50, 1), new(2_900, 4, 100)), 0, 0.05));
        Assert.False(OneSidedTest.Stops(MeanDifference.Of(new(2_900, 50, 100), new(29, 4, 1)), 0, 0.05));
        Assert.True(OneSidedTest.Stops(MeanDifference.Of(new(2_900, 50, 100), new(30, 4, 1)), 0, 0.05));
    }

    [Fact]
    public void RelativeInterval_LeavesOutZeroWhereTheAbsoluteOneDoes() =>
        Gen.Select(Gen.Int[2, 5_000], Gen.Int[2, 5_000], Gen.Double[5, 15], Gen.Double[5, 15], Gen.Double[1, 30]).Sample((treated, control, mean, base0, spread) =>
        {
            MeanDifference difference = MeanDifference.Of(new(treated, mean, spread * treated), new(control, base0, spread * control));
            if (TwoSidedTest.RelativeInterval(difference, 0.05, 300) is not { } relative || TwoSidedTest.Interval(difference, 0.05, 300) is not { } absolute)
                return;
            if (Math.Abs(absolute.Low) > 1e-9 && Math.Abs(absolute.High) > 1e-9)
                Assert.Equal((absolute.Low > 0, absolute.High < 0), (relative.Low > 0, relative.High < 0));
        });

    [Fact]
    public void Moments_AddedOneByOneOrInParts_AreThoseOfTheWhole() =>
        Gen.Select(Gen.Double[-1e3, 1e3].Array[1, 50], Gen.Double[-1e3, 1e3].Array[0, 50]).Sample((one, other) =>
        {
            double[] all = [.. one, .. other];
            double mean = all.Average();
            double squares = all.Sum(value => (value - mean) * (value - mean));
            foreach (Moments moments in new[] { Of(all), Of(one) + Of(other), Of(other) + Of(one) })
            {
                Assert.Equal(all.Length, moments.Count);
                Assert.Equal(mean, moments.Mean, 1e-8);
                Assert.Equal(squares, moments.SumOfSquares, 1e-6 * Math.Max(1, squares));
            }
            static Moments Of(double[] values) => values.Aggregate(default(Moments), (moments, value) => moments.Add(value));
        });

    private static void AssertTwoSided(string id, double alpha, double r, MeanDifference difference, double estimate, double error, double h, double low, double high, double p, double lift, double relativeLow, double relativeHigh, double beat)
    {
        AssertSums(estimate, error, h, difference);
        (double Low, double High) interval = TwoSidedTest.Interval(difference, alpha, r) ?? throw new InvalidOperationException(id);
        (double Low, double High) relative = TwoSidedTest.RelativeInterval(difference, alpha, r) ?? throw new InvalidOperationException(id);
        // Mixing constants are written to ten digits, so that the bounds can be no more exact.
        Close.To(low, interval.Low);
        Close.To(high, interval.High);
        Close.To(p, TwoSidedTest.PValue(difference, r));
        Close.To(lift, TwoSidedTest.RelativeLift(difference)!.Value);
        Close.To(relativeLow, relative.Low);
        Close.To(relativeHigh, relative.High);
        Close.To(beat, TwoSidedTest.ChanceToBeat(difference, r));
    }

    private static void AssertSums(double estimate, double error, double h, MeanDifference difference)
    {
        Close.To(estimate, difference.Estimate);
        Close.To(error, difference.StandardError);
        Close.To(h, difference.H);
    }

    private static MeanDifference Means(string steps) => Sum(steps, '/', arm =>
        Array.ConvertAll(arm.Split(','), text => double.Parse(text, CultureInfo.InvariantCulture)) is [var n, var mean, var variance]
            ? new Moments((long)n, mean, variance * (n - 1))
            : throw new FormatException(arm));

    private static MeanDifference Conversions(string steps) => Sum(steps, ';', arm =>
        Array.ConvertAll(arm.Split('/'), long.Parse) is [var ones, var count] ? Moments.OfBinary(count, ones) : throw new FormatException(arm));

    private static MeanDifference Sum(string steps, char between, Func<string, Moments> arm) => steps.Split(' ')
        .Select(step => step.Split(between)).Aggregate(default(MeanDifference), (sum, arms) => sum + MeanDifference.Of(arm(arms[0]), arm(arms[1])));

    [Fact]
    public void RelativeLift_WithoutAControlMean_IsUnknown()
    {
        Assert.Null(TwoSidedTest.RelativeLift(MeanDifference.Of(new(10, 5, 1), new(10, 0, 1))));
        Close.To(-2, TwoSidedTest.RelativeLift(MeanDifference.Of(new(10, 5, 1), new(10, -5, 1)))!.Value);
    }

    [Theory]
    [InlineData(-10, -10)]
    [InlineData(10, -10)]
    [InlineData(10, 0)]
    public void RelativeInterval_ControlNotAboveZero_IsNotAvailable(double treated, double control)
    {
        MeanDifference difference = MeanDifference.Of(new(1_000, treated, 100), new(1_000, control, 100));
        Assert.Null(TwoSidedTest.RelativeInterval(difference, 0.05, 300));
        Assert.NotNull(TwoSidedTest.Interval(difference, 0.05, 300));
    }

    [Fact]
    public void Variance_OfAFewValues_IsAtLeastThePooledOne()
    {
        // One value has no variance of its own; two equal ones have too small a one.
        MeanDifference one = MeanDifference.Of(new(1, 5, 0), new(11, 4, 20)), two = MeanDifference.Of(new(2, 5, 0), new(11, 4, 20));
        Close.To(one.H * one.H * 2, one.P);
        Close.To(two.H * two.H * (20.0 / 11) / 2, two.P);
        Close.To(two.H * two.H * 2 / 11, two.Q);
        MeanDifference wide = MeanDifference.Of(new(2, 5, 50), new(11, 4, 20));
        Close.To(wide.H * wide.H * 50 / 2, wide.P);
    }

    [Fact]
    public void OneSided_AtOrBelowTheMargin_SaysNothing()
    {
        MeanDifference difference = MeanDifference.Of(new(100, 5, 90), new(100, 5, 90));
        Assert.Equal((1, 1), (OneSidedTest.PValue(difference, 0), OneSidedTest.PValue(difference, 1)));
        Assert.False(OneSidedTest.Stops(difference, 0, 0.05));
        Close.To(0.5, OneSidedTest.ProbabilityWorse(difference, 0));
        Assert.Equal(1, OneSidedTest.PValue(MeanDifference.Of(new(100, 5.001, 90), new(100, 5, 90)), 0));
    }

    [Fact]
    public void TwoSidedPValue_IsOneAtMost() =>
        Assert.Equal(1, TwoSidedTest.PValue(MeanDifference.Of(new(100, 5, 90), new(100, 5, 90)), 300));
}
