namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>The two functions that .NET does not have.</summary>
internal static class SpecialFunctions
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>The logarithm of the gamma function, for x &gt; 0: Stirling's series, moved up to where it is exact.</summary>
    public static double LogGamma(double x)
    {
        double factor = 1;
        for (; x < 15; x++)
            factor *= x;
        double y = 1 / (x * x);
        double series = (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y / 1188)))) / x;
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + series - Math.Log(factor);
    }

    /// <summary>The standard normal distribution function (Marsaglia 2004).</summary>
    public static double NormalCdf(double x)
    {
        if (x < -8)
            return 0;
        if (x > 8)
            return 1;
        double sum = x, before = 0, term = x;
        for (int i = 3; sum != before; i += 2)
        {
            before = sum;
            term *= x * x / i;
            sum = before + term;
        }
        return 0.5 + sum * Math.Exp(-x * x / 2 - HalfLogTwoPi);
    }

    /// <summary>ln(Σ exp(x)), without overflow.</summary>
    public static double LogSumExp(ReadOnlySpan<double> logs)
    {
        double max = double.NegativeInfinity;
        foreach (double log in logs)
            max = Math.Max(max, log);
        if (double.IsInfinity(max))
            return max;
        double sum = 0;
        foreach (double log in logs)
            sum += Math.Exp(log - max);
        return max + Math.Log(sum);
    }
}
