namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>
/// The evidence that a bad outcome is more frequent among the exposed than in control (G1): an e-process over windows,
/// valid at any sample size and however often it is checked. Immutable; no step of a rollout resets it.
/// </summary>
/// <remarks>docs/safety.md says what it guarantees.</remarks>
internal sealed record CountEvidence
{
    /// <summary>Fewer bad outcomes among the exposed than this never stop a rollout.</summary>
    public const int MinimumBad = 3;

    public static readonly CountEvidence None = new();

    /// <summary>The logarithm of the evidence for each alternative of <see cref="RateRatios.Grid"/>.</summary>
    public IReadOnlyList<double> Logs { get; init; } = new double[RateRatios.Grid.Length];

    /// <summary>The largest <see cref="LogE"/> of any check.</summary>
    public double MaxLogE { get; init; }

    public long BadExposed { get; init; }

    public long BadControl { get; init; }

    /// <summary>The two sums of the Mantel–Haenszel estimate.</summary>
    public double ExposedWeight { get; init; }

    public double ControlWeight { get; init; }

    /// <summary>The logarithm of the evidence: positive speaks for worse, negative against.</summary>
    public double LogE => RateRatios.Average(Logs);

    /// <summary>Always valid, however often it is checked.</summary>
    public double PValue => Math.Min(1, Math.Exp(-MaxLogE));

    /// <summary>How often the bad outcome is among the exposed for once in control; null while control had none.</summary>
    public double? Ratio => ControlWeight > 0 ? ExposedWeight / ControlWeight : null;

    /// <param name="window">A window; one without both arms is passed over.</param>
    /// <param name="tolerated">The ratio that is no worsening yet, at least 1 for none.</param>
    public CountEvidence Add(CountWindow window, double tolerated)
    {
        if (!window.IsInformative)
            return this;
        double all = window.Exposed + window.Control;
        CountEvidence next = this with
        {
            Logs = RateRatios.Add(Logs, RateRatios.Grid, window, tolerated),
            BadExposed = BadExposed + window.BadExposed,
            BadControl = BadControl + window.BadControl,
            ExposedWeight = ExposedWeight + window.BadExposed * (window.Control / all),
            ControlWeight = ControlWeight + window.BadControl * (window.Exposed / all),
        };
        return next with { MaxLogE = Math.Max(MaxLogE, next.LogE) };
    }

    /// <summary>
    /// Whether the evidence is enough to stop, with at most <paramref name="alpha"/> of a chance to be wrong in a whole
    /// rollout. Final.
    /// </summary>
    public bool Stops(double alpha) => BadExposed >= MinimumBad && LogE >= -Math.Log(alpha);

    /// <summary>
    /// The fewest bad outcomes that could stop a rollout from here, were all of them of exposed units; null for more
    /// than anybody waits for.
    /// </summary>
    /// <param name="exposed">The part of the units at risk that is exposed.</param>
    /// <param name="tolerated">The ratio that is no worsening yet, at least 1 for none.</param>
    /// <param name="alpha">As for <see cref="Stops"/>.</param>
    public long? MoreToStop(double exposed, double tolerated, double alpha)
    {
        const int Most = 1_000;
        double expected = tolerated * exposed / (tolerated * exposed + 1 - exposed);
        double[] more = Array.ConvertAll(RateRatios.Grid, ratio => Math.Log(ratio) - Math.Log(1 + expected * (ratio - 1)));
        double[] logs = [.. Logs];
        for (int bad = 1; bad <= Most; bad++)
        {
            for (int i = 0; i < logs.Length; i++)
                logs[i] += more[i];
            if (BadExposed + bad >= MinimumBad && RateRatios.Average(logs) >= -Math.Log(alpha))
                return bad;
        }
        return null;
    }

    /// <summary>How far the evidence is on its way to a stop, 0 to 1.</summary>
    public double Meter(double alpha) => Math.Clamp(LogE / -Math.Log(alpha), 0, 1) + 0d; // never −0
}
