namespace FeatureManagement.ActionTracing.Tests.Statistics;

internal static class Close
{
    public static void To(double expected, double actual, double relative = 1e-8) =>
        Assert.True(double.Equals(expected, actual) || Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"expected {expected:R}, got {actual:R}");
}
