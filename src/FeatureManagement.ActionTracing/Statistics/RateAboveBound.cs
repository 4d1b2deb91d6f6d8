namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>
/// The evidence that an error rate lies above a bound, where there is no control to compare with: an e-process, valid
/// at any number of checks. Immutable.
/// </summary>
/// <param name="Units">Units whose outcome is known, each counted once.</param>
/// <param name="Errors">How many of them failed.</param>
internal readonly record struct RateAboveBound(long Units, long Errors)
{
    /// <summary>Fewer errors than this never stop a rollout.</summary>
    public const int MinimumErrors = 3;

    // How far the alternatives lie between the bound and certain failure; each has the same weight.
    private static readonly double[] Grid = [0.1, 0.25, 0.5, 0.9];

    /// <summary>The logarithm of the evidence: positive speaks for a rate above the bound.</summary>
    /// <param name="bound">The bound, above 0 and below 1.</param>
    public double LogE(double bound)
    {
        Span<double> logs = stackalloc double[4];
        for (int i = 0; i < Grid.Length; i++)
        {
            double rate = bound + (1 - bound) * Grid[i];
            logs[i] = Errors * Math.Log(rate / bound) + (Units - Errors) * Math.Log((1 - rate) / (1 - bound));
        }
        return SpecialFunctions.LogSumExp(logs) - Math.Log(Grid.Length);
    }

    /// <summary>
    /// Whether the evidence is enough to stop, with at most <paramref name="alpha"/> of a chance to be wrong in a whole
    /// rollout. Final.
    /// </summary>
    public bool Stops(double bound, double alpha) => Errors >= MinimumErrors && LogE(bound) >= -Math.Log(alpha);

    /// <summary>
    /// The fewest units that could stop a rollout from here, if all of them failed; null for more than anybody waits
    /// for.
    /// </summary>
    public long? MoreErrorsToStop(double bound, double alpha)
    {
        const int Most = 1_000;
        for (long more = 1; more <= Most; more++)
            if (new RateAboveBound(Units + more, Errors + more).Stops(bound, alpha))
                return more;
        return null;
    }

    /// <summary>The lower bound of the rate at a level: the bound at which the evidence equals it; 0 where there is none.</summary>
    public double Lower(double alpha)
    {
        (double low, double high) = (1e-9, Units == 0 ? 0 : (double)Errors / Units);
        if (high <= low || LogE(low) < -Math.Log(alpha))
            return 0;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (LogE(middle) >= -Math.Log(alpha))
                low = middle;
            else
                high = middle;
        }
        return low;
    }
}
