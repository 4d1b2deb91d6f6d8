using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Words and numbers of verdicts.</summary>
internal static class RolloutText
{
    public static string Of(InvariantText text) => text.ToString();

    public static string Percent(double rate) => Of($"{rate * 100:0.##} %");

    public static string Percent(long part, long whole) => Percent(whole == 0 ? 0 : (double)part / whole);

    /// <summary>How many times worse: the estimate and what it is as likely as not at least. Empty where control had no bad outcome and there is no bound.</summary>
    public static string Ratio(CountEvidence evidence, IReadOnlyList<CountWindow> windows)
    {
        string estimate = evidence.Ratio is { } ratio ? Of($", {ratio:0.#} × worse") : "";
        double lower = windows.Count == 0 ? 0 : RateRatios.Lower([.. windows], 0.5);
        return lower > 0 ? Of($"{estimate}, as likely as not at least {lower:0.##} ×") : estimate;
    }

    public static string SampleRatio(RolloutRecord record, RolloutLedger ledger)
    {
        RolloutStratum[] seen = [.. ledger.Open.Where(stratum => stratum.Step >= ledger.SampleRatioSince)];
        long exposed = seen.Sum(stratum => stratum.Exposed.Units), control = seen.Sum(stratum => stratum.Control.Units);
        return Of($"The split does not fit: {Percent(exposed, exposed + control)} of {exposed + control} users have the flag on, and {record.Percentage:0.####} % should. Look for exposures that are lost, cached answers or filtered bots; then resume with a reason.");
    }
}
