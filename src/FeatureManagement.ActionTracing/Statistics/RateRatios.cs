namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>The grid of alternatives of G1, and the bounds of the ratio that follow from it.</summary>
internal static class RateRatios
{
    private const double Range = 30;

    private static readonly double[] Better = [1 / 1.1, 1 / 1.25, 1 / 1.5, 1 / 2.0, 1 / 4.0, 1 / 10.0];

    /// <summary>
    /// How many times worse the exposed may be: each has the same weight. A smaller worsening than about 5 % never
    /// gathers evidence.
    /// </summary>
    public static double[] Grid { get; } = [1.1, 1.25, 1.5, 2, 4, 10];

    public static double[] Add(IReadOnlyList<double> logs, double[] ratios, CountWindow window, double tolerated)
    {
        // The part of bad outcomes expected among the exposed where nothing is worse.
        double part = tolerated * window.Exposed / (tolerated * window.Exposed + window.Control);
        long bad = window.BadExposed + window.BadControl;
        var next = new double[ratios.Length];
        for (int i = 0; i < ratios.Length; i++)
            next[i] = logs[i] + window.BadExposed * Math.Log(ratios[i]) - bad * Math.Log(1 + part * (ratios[i] - 1));
        return next;
    }

    /// <summary>The logarithm of the mean evidence.</summary>
    public static double Average(IReadOnlyList<double> logs) => SpecialFunctions.LogSumExp([.. logs]) - Math.Log(logs.Count);

    /// <summary>The lower bound of the ratio at a level; 0 where there is none.</summary>
    public static double Lower(IReadOnlyCollection<CountWindow> windows, double alpha)
    {
        if (CanExceed(windows.Sum(static window => window.BadExposed), alpha))
            return Math.Exp(Cross(windows, Grid, alpha, sign: -1));
        return 0;
    }

    /// <summary>The upper bound of the ratio at a level; infinity where there is none.</summary>
    public static double Upper(IReadOnlyCollection<CountWindow> windows, double alpha)
    {
        if (CanExceed(windows.Sum(static window => window.BadControl), alpha))
            return Math.Exp(Cross(windows, Better, alpha, sign: 1));
        return double.PositiveInfinity;
    }

    /// <summary>Whether the evidence can reach the level for any ratio.</summary>
    private static bool CanExceed(long bad, double alpha) =>
        Average(Array.ConvertAll(Grid, ratio => bad * Math.Log(ratio))) >= -Math.Log(alpha);

    /// <summary>
    /// The logarithm of the ratio at which the evidence equals the level. The evidence falls (-1) or rises (1) with the
    /// ratio.
    /// </summary>
    private static double Cross(IReadOnlyCollection<CountWindow> windows, double[] ratios, double alpha, int sign)
    {
        double low = -Range, high = Range;
        for (int i = 0; i < 100 && high - low > 1e-13; i++)
        {
            double middle = (low + high) / 2;
            double tolerated = Math.Exp(middle);
            IReadOnlyList<double> logs = new double[ratios.Length];
            foreach (CountWindow window in windows)
                logs = Add(logs, ratios, window, tolerated);
            if (sign * (Average(logs) + Math.Log(alpha)) < 0)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }
}
