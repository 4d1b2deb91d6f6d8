using System.Globalization;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Statistics;

public class SampleRatioEvidenceTests
{
    [Theory]
    [InlineData("0.5,0.5:520,480", -0.4731252337, 0.02507668239, -0.1933142842, 1.0, false)]
    [InlineData("0.5,0.5:5300,4700", 15.52401168, 8.655214614, 14.83190369, 3.61897907e-7, true)]
    [InlineData("0.01,0.99:30,970", 10.51753425, 1.604952418, 9.824521742, 5.410836614e-5, true)]
    [InlineData("0.5,0.25,0.25:5000,2450,2550", -3.632186035, -0.1931263411, -0.8546829497, 1.0, false)]
    [InlineData("0.5,0.25,0.25:5000,2200,2800", 31.11246395, 17.31943427, 30.41931779, 6.152592321e-14, true)]
    [InlineData("0.01,0.99:120,9880 0.05,0.95:560,9440 0.5,0.5:5150,4850", 2.792237885, 3.973441303, 3.547959065, 0.02878332465, false)]
    [InlineData("50,50:503000,497000", 13.39060625, 15.51431964, 14.93413209, 3.267298726e-7, true)]
    [InlineData("0.9,0.1:0,12", 4.311231176, 0.05915097063, 3.632218227, 0.02645743069, false)]
    public void Of_Vectors(string steps, double log100, double log10000, double logE, double p, bool mismatch)
    {
        SampleRatioEvidence evidence = steps.Split(' ').Select(Parse).Aggregate(default(SampleRatioEvidence), (sum, step) => sum + step);

        // Beyond 10⁵ units what is left of the large logarithms is exact to 1e-7.
        double tolerance = steps.Contains("503000", StringComparison.Ordinal) ? 1e-7 : 1e-8;
        Close.To(log100, evidence.Log100, tolerance);
        Close.To(log10000, evidence.Log10000, tolerance);
        Close.To(logE, evidence.LogE, tolerance);
        Close.To(p, evidence.PValue, 1e-7);
        Assert.Equal(mismatch, evidence.IsMismatch);
    }

    [Fact]
    public void Of_ArmWithoutWeight_IsLeftOut() => Assert.Equal(SampleRatioEvidence.Of([0.5, 0.5], [530, 470]), SampleRatioEvidence.Of([0.5, 0, 0.5], [530, 0, 470]));

    private static SampleRatioEvidence Parse(string step)
    {
        string[] parts = step.Split(':');
        return SampleRatioEvidence.Of(Array.ConvertAll(parts[0].Split(','), text => double.Parse(text, CultureInfo.InvariantCulture)), Array.ConvertAll(parts[1].Split(','), long.Parse));
    }
}
