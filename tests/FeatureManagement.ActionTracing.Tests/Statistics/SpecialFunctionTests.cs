using FeatureManagement.ActionTracing.Statistics;
using MathNet.Numerics.Distributions;

namespace FeatureManagement.ActionTracing.Tests.Statistics;

public class SpecialFunctionTests
{
    [Fact]
    public void LogGamma_FromATenthToABillion_IsTheReferences()
    {
        for (double x = 0.1; x < 1e9; x *= 1.037)
        {
            double expected = MathNet.Numerics.SpecialFunctions.GammaLn(x);
            Assert.True(Math.Abs(expected - SpecialFunctions.LogGamma(x)) <= 1e-13 * Math.Max(1, Math.Abs(expected)), $"at {x:R}");
        }
    }

    [Fact]
    public void NormalCdf_FromMinusTenToTen_IsTheReferences()
    {
        for (double x = -10; x <= 10; x += 0.013)
            Assert.Equal(Normal.CDF(0, 1, x), SpecialFunctions.NormalCdf(x), 1e-14);
    }

    [Fact]
    public void LogSumExp_LargeLogs_DoesNotOverflow()
    {
        Close.To(10_000 + Math.Log(2), SpecialFunctions.LogSumExp([10_000, 10_000]));
        Close.To(-10_000 + Math.Log(2), SpecialFunctions.LogSumExp([-10_000, -10_000]));
        Assert.Equal(double.NegativeInfinity, SpecialFunctions.LogSumExp([double.NegativeInfinity]));
    }

    [Fact]
    public void NormalCdf_FarOut_IsZeroOrOne()
    {
        Assert.Equal((0, 1), (SpecialFunctions.NormalCdf(-100), SpecialFunctions.NormalCdf(100)));
        Assert.Equal((0, 1), (SpecialFunctions.NormalCdf(double.NegativeInfinity), SpecialFunctions.NormalCdf(double.PositiveInfinity)));
    }

    [Fact]
    public void LogSumExp_OfInfinity_IsInfinity() =>
        Assert.Equal(double.PositiveInfinity, SpecialFunctions.LogSumExp([1, double.PositiveInfinity]));
}
