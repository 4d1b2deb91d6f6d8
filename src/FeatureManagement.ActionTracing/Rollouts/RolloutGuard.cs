using System.Globalization;
using FeatureManagement.ActionTracing.Safety;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Judges a rollout by what was seen: thresholds and the comparison with control, side by side. Pure.</summary>
internal static class RolloutGuard
{
    /// <summary>Errors, typical latency, share of slow actions: each gets its part of alpha.</summary>
    private const int Guards = 3;

    /// <param name="record">The rollout.</param>
    /// <param name="thresholds">The thresholds in force now.</param>
    /// <param name="ledger">The evidence of all processes, the newest copy included.</param>
    /// <param name="window">Exposed actions in the thresholds' window.</param>
    public static RolloutVerdict Judge(RolloutRecord record, SafetyThresholds? thresholds, RolloutLedger ledger, RolloutActions window)
    {
        RolloutPhase phase = RolloutCurve.PhaseOf(record.Percentage);
        RolloutLimits limits = RolloutLimits.Of(thresholds, phase);
        long units = ledger.UnitsIn(phase);
        if (units >= limits.MinimumSamples && Breach(limits, record.Window, window) is { } breach)
            return new(VerdictKind.Regressed, breach);
        if (record.Plan.Guard && Worse(record.Plan, ledger) is { } worse)
            return new(VerdictKind.Regressed, worse);
        if (record.Plan.Guard && ledger.SplitMismatch)
            return new(VerdictKind.SplitMismatch, Split(record, ledger));
        if (units < limits.MinimumSamples)
            return new(VerdictKind.TooFewSamples, Text($"{limits.MinimumSamples - units} more users with the flag on are needed in this phase ({units} of {limits.MinimumSamples} were seen)."));
        return new(VerdictKind.Healthy, Note(record, limits, ledger));
    }

    /// <summary>What a healthy rollout is not guarded by, in a sentence; empty where it is guarded by everything.</summary>
    private static string Note(RolloutRecord record, RolloutLimits limits, RolloutLedger ledger)
    {
        bool limited = limits.MaxErrorRate is not null || limits.MaxLatency is not null;
        string rest = limited ? "its thresholds alone guard it." : "nothing but time moves it.";
        if (!record.Plan.Guard)
            return $"The comparison with control is switched off: {rest}";
        if (!RolloutLedger.CanCompare(record.Percentage))
            return $"Control is too small to compare with: {rest}";
        if (ledger.Exposed.Units == 0 || ledger.Control.Units == 0)
            return $"No users were seen with the flag {(ledger.Exposed.Units == 0 ? "on" : "off")} yet: {rest}";
        return ledger.Control.AtRisk == 0 ? $"Control has no comparable actions, for the flag cuts them short: {rest}" : "";
    }

    private static string? Breach(RolloutLimits limits, TimeSpan reach, RolloutActions window)
    {
        if (limits.MaxErrorRate is { } rate && window.ErrorRate > rate)
            return Text($"error rate {Percent(window.ErrorRate.Value)} over {window.Count} actions with the flag on in the last {reach:c}; at most {Percent(rate)} is allowed");
        if (limits.MaxLatency is { } latency && window.MeanLatency > latency)
            return Text($"mean latency {window.MeanLatency.Value.TotalMilliseconds:0.#} ms over {window.Count} actions with the flag on in the last {reach:c}; at most {latency.TotalMilliseconds:0.#} ms is allowed");
        return null;
    }

    private static string? Worse(RolloutConfig plan, RolloutLedger ledger)
    {
        double alpha = plan.Alpha / Guards;
        (RolloutArm exposed, RolloutArm control) = (ledger.Exposed, ledger.Control);
        if (ledger.Errors.Stops(alpha))
            return Text($"error rate {Percent(exposed.Bad, exposed.AtRisk)} with the flag on against {Percent(control.Bad, control.AtRisk)} off{Ratio(ledger.Errors)}, at least {Math.Max(RateRatios.Lower([.. ledger.ErrorWindows], alpha), 1 + plan.MaxErrorRateIncrease):0.##} ×");
        MeanDifference latency = ledger.Latency;
        if (OneSidedTest.Stops(latency, Math.Log(1 + plan.MaxLatencyIncrease), alpha))
            return Text($"typical latency {Math.Exp(latency.A / latency.H):0.##} ms with the flag on against {Math.Exp(latency.B / latency.H):0.##} ms off, {Math.Exp(latency.Estimate):0.##} × as long, at least {Math.Exp(latency.Estimate - OneSidedTest.HalfWidth(latency, alpha)):0.##} ×");
        if (ledger.Slow.Stops(alpha))
            return Text($"{Percent(exposed.Slow, exposed.SlowAtRisk)} of users with the flag on were slower than {ledger.SlowThreshold?.TotalMilliseconds:0.##} ms against {Percent(control.Slow, control.SlowAtRisk)} off{Ratio(ledger.Slow)}");
        return null;
    }

    private static string Split(RolloutRecord record, RolloutLedger ledger)
    {
        RolloutStratum[] seen = [.. ledger.Open.Where(stratum => stratum.Step >= ledger.SplitSince)];
        long exposed = seen.Sum(stratum => stratum.Exposed.Units), control = seen.Sum(stratum => stratum.Control.Units);
        return Text($"The split does not fit: {Percent(exposed, exposed + control)} of {exposed + control} users have the flag on, and {record.Percentage:0.####} % should. Look for exposures that are lost, cached answers or filtered bots; then resume with a reason.");
    }

    private static string Ratio(CountEvidence evidence) => evidence.Ratio is { } ratio ? Text($", {ratio:0.#} × worse") : "";

    private static string Percent(long part, long whole) => Percent(whole == 0 ? 0 : (double)part / whole);


    private static string Percent(double rate) => Text($"{rate * 100:0.##} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
