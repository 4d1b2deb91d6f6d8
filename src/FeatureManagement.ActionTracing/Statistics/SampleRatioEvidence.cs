namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>
/// The evidence that units are not split as configured (S1): Bayes factors of two concentrations, which add up over
/// steps. Valid at any number of checks. Immutable.
/// </summary>
/// <param name="Log100">Reacts quickly to a gross mismatch.</param>
/// <param name="Log10000">Resolves a small one.</param>
internal readonly record struct SampleRatioEvidence(double Log100, double Log10000)
{
    /// <summary>The chance of a false alarm.</summary>
    public const double Alpha = 0.001;

    public double LogE => SpecialFunctions.LogSumExp([Log100, Log10000]) - Math.Log(2);

    /// <summary>Whether there is a sample ratio mismatch. It stays true once it was found.</summary>
    public bool IsMismatch => LogE >= -Math.Log(Alpha);

    public double PValue => Math.Min(1, Math.Exp(-LogE));

    /// <summary>One step.</summary>
    /// <param name="weights">The configured weights, in any scale. An arm of weight 0 is left out: nobody can be there.</param>
    /// <param name="counts">Distinct units at their first exposure in the step, per arm.</param>
    public static SampleRatioEvidence Of(IReadOnlyList<double> weights, IReadOnlyList<long> counts) =>
        new(Log(100, weights, counts), Log(10_000, weights, counts));

    public static SampleRatioEvidence operator +(SampleRatioEvidence left, SampleRatioEvidence right) =>
        new(left.Log100 + right.Log100, left.Log10000 + right.Log10000);

    private static double Log(double concentration, IReadOnlyList<double> weights, IReadOnlyList<long> counts)
    {
        double total = weights.Sum();
        double log = 0;
        long units = 0;
        for (int i = 0; i < counts.Count; i++)
        {
            double part = weights[i] / total;
            if (part <= 0)
                continue;
            units += counts[i];
            log += SpecialFunctions.LogGamma(concentration * part + counts[i]) - SpecialFunctions.LogGamma(
                concentration * part) - counts[i] * Math.Log(part);
        }
        return log + SpecialFunctions.LogGamma(concentration) - SpecialFunctions.LogGamma(concentration + units);
    }
}
