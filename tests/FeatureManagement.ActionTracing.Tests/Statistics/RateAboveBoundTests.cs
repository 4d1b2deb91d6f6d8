using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Statistics;

public class RateAboveBoundTests
{
    private const double Alpha = 0.05;

    [Theory]
    [InlineData(3, 3, 0.1, 5.48181856583)]
    [InlineData(20, 2, 0.1, -1.89461422511)]
    [InlineData(20, 6, 0.1, 2.12373081949)]
    [InlineData(500, 40, 0.1, -24.1779761168)]
    [InlineData(500, 75, 0.1, 1.97452794723)]
    [InlineData(40, 6, 0.05, 1.53611233500)]
    public void LogE_IsTheVectors(long units, long errors, double bound, double expected) =>
        Assert.Equal(expected, new RateAboveBound(units, errors).LogE(bound), 1e-9);

    [Fact]
    public void LogE_WithoutUnits_SaysNothing() => Assert.Equal(0, new RateAboveBound(0, 0).LogE(0.1), 1e-12);

    [Fact]
    public void AlwaysFailing_StopsAtTheThirdUnit_AndNotBefore()
    {
        Assert.False(new RateAboveBound(2, 2).Stops(0.001, Alpha)); // strong evidence, and too few
        Assert.True(new RateAboveBound(3, 3).Stops(0.1, Alpha));
        Assert.True(new RateAboveBound(3, 3).Stops(0.1, Alpha / 10)); // with a tenth of alpha as well
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(20, 2)]
    [InlineData(200, 10)]
    public void MoreErrorsToStop_IsTheFirstNumberThatStops(long units, long errors)
    {
        long more = new RateAboveBound(units, errors).MoreErrorsToStop(0.1, Alpha)!.Value;
        Assert.True(new RateAboveBound(units + more, errors + more).Stops(0.1, Alpha));
        Assert.False(new RateAboveBound(units + more - 1, errors + more - 1).Stops(0.1, Alpha));
    }

    [Fact]
    public void MoreErrorsToStop_AfterALongHealthyTime_IsNothingToWaitFor() => Assert.Null(new RateAboveBound(1_000_000, 0).MoreErrorsToStop(0.1, Alpha));

    [Fact]
    public void Lower_IsTheBoundAtWhichTheEvidenceEqualsTheLevel()
    {
        var seen = new RateAboveBound(20, 9);
        double lower = seen.Lower(0.5);
        Assert.Equal(Math.Log(2), seen.LogE(lower), 1e-6);
        Assert.InRange(lower, 0.2, 0.45);
        Assert.Equal(0, new RateAboveBound(20, 0).Lower(0.5));
    }
}
