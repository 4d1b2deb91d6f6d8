namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>
/// The difference between a variant and control (X1): a two-sided normal-mixture confidence sequence, valid at any
/// number of checks, with Fieller's interval for the relative lift. With k variants give each of the k − 1 comparisons
/// its part of alpha.
/// </summary>
internal static class TwoSidedTest
{
    /// <summary>
    /// The mixing constant that makes the interval tightest at an effective sample size: planned units · w_v · w_c /
    /// (w_v + w_c).
    /// </summary>
    public static double MixingFor(double units, double alpha) => units / (-2 * Math.Log(alpha) + Math.Log(1 - 2 * Math.Log(alpha)));

    /// <summary>The interval of the difference; null where nothing can be inferred.</summary>
    public static (double Low, double High)? Interval(MeanDifference difference, double alpha, double mixing)
    {
        if (!difference.IsInformative)
            return null;
        double width = Math.Sqrt(SquaredQuantile(difference, alpha, mixing)) * difference.StandardError;
        return (difference.Estimate - width, difference.Estimate + width);
    }

    /// <summary>
    /// The interval of the relative lift; null where there is none. It leaves out 0 exactly where
    /// <see cref="Interval"/> does.
    /// </summary>
    public static (double Low, double High)? RelativeInterval(MeanDifference difference, double alpha, double mixing)
    {
        if (!difference.IsInformative)
            return null;
        (double a, double b, double p, double q) = (difference.A, difference.B, difference.P, difference.Q);
        double squared = SquaredQuantile(difference, alpha, mixing);
        double divisor = b * b - squared * q;
        if (b <= 0 || divisor <= 0)
            return null;
        double width = Math.Sqrt(squared * (a * a * q + b * b * p - squared * p * q));
        return ((a * b - width) / divisor - 1, (a * b + width) / divisor - 1);
    }

    /// <summary>How much larger the variant's mean is, relative to control's; null where control's is 0.</summary>
    public static double? RelativeLift(MeanDifference difference)
    {
        if (difference.B == 0)
            return null;
        return difference.A / difference.B - 1;
    }

    /// <summary>Against no difference, at this check. Report the smallest of all checks.</summary>
    public static double PValue(MeanDifference difference, double mixing)
    {
        if (!difference.IsInformative)
            return 1;
        double z = difference.Estimate / difference.StandardError;
        return Math.Min(1, Math.Sqrt((difference.H + mixing) / mixing) * Math.Exp(-z * z * difference.H / (2 * (difference.H + mixing))));
    }

    /// <summary>The probability, in the reading of Bayes, that the variant's mean is the larger one. For display only.</summary>
    public static double ChanceToBeat(MeanDifference difference, double mixing)
    {
        if (difference.IsInformative)
            return SpecialFunctions.NormalCdf(
                difference.Estimate / difference.StandardError * Math.Sqrt(difference.H / (difference.H + mixing)));
        return 0.5;
    }

    private static double SquaredQuantile(MeanDifference difference, double alpha, double mixing) =>
        (difference.H + mixing) / difference.H * Math.Log((difference.H + mixing) / (mixing * alpha * alpha));
}
