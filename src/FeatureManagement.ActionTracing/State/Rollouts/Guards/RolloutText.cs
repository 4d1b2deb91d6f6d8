using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Numbers in the reasons of verdicts.</summary>
internal static class RolloutText
{
    public static string Of(InvariantText text) => text.ToString();

    public static string Percent(double rate) => Of($"{rate * 100:0.##} %");

    public static string Percent(long part, long whole) => Percent(whole == 0 ? 0 : (double)part / whole);

    /// <summary>
    /// How many times worse: the estimate, and the bound that is as likely as not.
    /// The bound at alpha would say "at least 1 ×" at each rollback.
    /// Empty where control had no bad outcome and there is no bound.
    /// </summary>
    public static string Ratio(CountEvidence evidence, IReadOnlyList<CountWindow> windows)
    {
        string estimate = "";
        if (evidence.Ratio is { } ratio)
            estimate = Of($", {ratio:0.#} × worse");
        double lower = 0;
        if (windows.Count != 0)
            lower = RateRatios.Lower([.. windows], 0.5);
        if (lower > 0)
            return Of($"{estimate}, as likely as not at least {lower:0.##} ×");
        return estimate;
    }
}
