namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>
/// The difference of two means, taken only inside strata of constant allocation and then added up (§4.2): the sums
/// behind G2 and X1. Immutable; strata can be added in any order, and those that have ended need not be kept.
/// </summary>
/// <param name="A">Σ h·mean of the treated.</param>
/// <param name="B">Σ h·mean of control.</param>
/// <param name="P">Σ h²·variance of the treated's mean.</param>
/// <param name="Q">Σ h²·variance of control's mean.</param>
/// <param name="H">The effective sample size.</param>
/// <param name="Treated">All of the treated that were compared.</param>
/// <param name="Control">All of control that were compared.</param>
internal readonly record struct MeanDifference(double A, double B, double P, double Q, double H, long Treated, long Control)
{
    public double Estimate => (A - B) / H;

    public double StandardError => Math.Sqrt(P + Q) / H;

    /// <summary>Whether anything can be inferred: there are two arms, and not all values are the same.</summary>
    public bool IsInformative => H > 0 && P + Q > 0;

    /// <summary>One stratum. A stratum that has nothing to compare adds nothing.</summary>
    public static MeanDifference Of(Moments treated, Moments control)
    {
        if (treated.Count < 1 || control.Count < 1 || treated.Count + control.Count < 3)
            return default;
        // An arm with few values and a low mean has a low variance, which would be taken for certainty: the pooled one is the floor.
        double pooled = (treated.SumOfSquares + control.SumOfSquares) / (treated.Count + control.Count - 2);
        double h = (double)treated.Count * control.Count / (treated.Count + control.Count);
        return new MeanDifference(
            h * treated.Mean, h * control.Mean,
            h * h * Variance(treated, pooled) / treated.Count, h * h * Variance(control, pooled) / control.Count,
            h, treated.Count, control.Count);
    }

    public static MeanDifference operator +(MeanDifference left, MeanDifference right) => new(
        left.A + right.A, left.B + right.B, left.P + right.P, left.Q + right.Q, left.H + right.H,
        left.Treated + right.Treated, left.Control + right.Control);

    private static double Variance(Moments arm, double pooled)
    {
        if (arm.Count >= 2)
            return Math.Max(pooled, arm.SumOfSquares / (arm.Count - 1));
        return pooled;
    }
}
