namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>
/// Whether a mean is larger than control's by more than is tolerated (G2): a one-sided normal-mixture confidence
/// sequence, valid at any number of checks.
/// </summary>
internal static class OneSidedTest
{
    /// <summary>The mixing constant of rollouts: tightest at about 250 effective units.</summary>
    public const double Mixing = 40;

    /// <summary>Fewer units than this in either arm never stop a rollout.</summary>
    public const int MinimumPerArm = 30;

    /// <summary>Half the width of the interval between the bounds, each of which holds at level <paramref name="alpha"/>.</summary>
    public static double HalfWidth(MeanDifference difference, double alpha, double mixing = Mixing) =>
        Math.Sqrt((difference.H + mixing) / difference.H * 2 * Math.Log(
            1 + Math.Sqrt((difference.H + mixing) / mixing) / (2 * alpha))) * difference.StandardError;

    public static bool Stops(MeanDifference difference, double margin, double alpha, double mixing = Mixing) =>
        difference is { IsInformative: true, Treated: >= MinimumPerArm, Control: >= MinimumPerArm }
            && difference.Estimate - HalfWidth(difference, alpha, mixing) > margin;

    /// <summary>Against the margin, at this check. Report the smallest of all checks.</summary>
    public static double PValue(MeanDifference difference, double margin, double mixing = Mixing)
    {
        if (!difference.IsInformative || Z(difference, margin) is var z && z <= 0)
            return 1;
        double g = z * z * difference.H / (2 * (difference.H + mixing));
        double decay = Math.Exp(-g);
        return Math.Min(1, Math.Sqrt((difference.H + mixing) / mixing) * decay / (2 * (1 - decay)));
    }

    /// <summary>The probability, in the reading of Bayes, that the mean is larger than the margin. For display only.</summary>
    public static double ProbabilityWorse(MeanDifference difference, double margin, double mixing = Mixing)
    {
        if (difference.IsInformative)
            return SpecialFunctions.NormalCdf(Z(difference, margin) * Math.Sqrt(difference.H / (difference.H + mixing)));
        return 0.5;
    }

    /// <summary>The mixing constant that makes the bounds tightest at an effective sample size.</summary>
    public static double MixingFor(double units, double alpha) =>
        units / (-2 * Math.Log(2 * alpha) + Math.Log(1 - 2 * Math.Log(2 * alpha)));

    private static double Z(MeanDifference difference, double margin) => (difference.Estimate - margin) / difference.StandardError;
}
