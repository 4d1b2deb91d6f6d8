using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Judges a rollout by what was seen: thresholds, the guard without control and the comparison with control, side by side. Pure.</summary>
internal static class RolloutGuard
{
    /// <summary>Fewer users behind a gate in the window than this breach no threshold.</summary>
    public const int MinimumGatedUnits = 20;

    // How many times the bound without control may be exceeded in the window, by units that have had their first action behind the gate.
    private const double WindowFactor = 5;

    /// <param name="record">The rollout.</param>
    /// <param name="thresholds">The thresholds in force now.</param>
    /// <param name="ledger">The evidence of all processes, the newest copy included.</param>
    /// <param name="seen">What this process saw, with its windows; null for nothing.</param>
    public static RolloutVerdict Judge(RolloutRecord record, SafetyThresholds? thresholds, RolloutLedger ledger, RolloutObservations? seen)
    {
        if (Breach(record, thresholds, ledger, seen) is { } breach)
            return new(VerdictKind.Regressed, breach);
        RolloutPhase phase = RolloutCurve.PhaseOf(record.Percentage);
        RolloutLimits limits = RolloutLimits.Of(thresholds, phase);
        double alpha = AlphaBudget.Of(record.Plan, ledger.ComparedFirst).Comparison;
        if (record.Plan.Guard && Worse(record.Plan, ledger, alpha) is { } worse)
            return new(VerdictKind.Regressed, worse);
        if (record.Plan.Guard && ledger.SampleRatioMismatch)
            return new(VerdictKind.SampleRatioMismatch, RolloutText.SampleRatio(record, ledger));
        long units = ledger.UnitsIn(phase);
        if (units < limits.MinimumSamples)
            return new(VerdictKind.TooFewSamples, RolloutText.Of($"{limits.MinimumSamples - units} more users with the flag on are needed in this phase ({units} of {limits.MinimumSamples} were seen)."));
        return new(VerdictKind.Healthy, RolloutGuards.Note(record, limits, ledger));
    }

    /// <summary>What breaks a threshold, or the bound without control; null where nothing does. It may be asked at any time, whatever the reason.</summary>
    public static string? Breach(RolloutRecord record, SafetyThresholds? thresholds, RolloutLedger ledger, RolloutObservations? seen)
    {
        RolloutPhase phase = RolloutCurve.PhaseOf(record.Percentage);
        RolloutLimits limits = RolloutLimits.Of(thresholds, phase);
        if (seen is not null && ledger.UnitsIn(phase) >= limits.MinimumSamples && Breach(limits, record.Window, seen.Window) is { } breach)
            return breach;
        if (limits.WithoutControl is not { } bound)
            return null;
        double alpha = AlphaBudget.Of(record.Plan, ledger.ComparedFirst).WithoutControl;
        if (ledger.Gated is var gated && gated.Stops(bound, alpha))
            return RolloutText.Of($"error rate {RolloutText.Percent(gated.Errors, gated.Units)} of {gated.Units} users behind a gate of the flag, as likely as not at least {RolloutText.Percent(gated.Lower(0.5))}; without control at most {RolloutText.Percent(bound)} is allowed");
        double most = WindowBound(bound);
        return seen is { GatedWindowUnits: >= MinimumGatedUnits and var units, GatedWindowBad: var bad } && bad > most * units
            ? RolloutText.Of($"error rate {RolloutText.Percent(bad, units)} of {units} users behind a gate of the flag in the last {record.Window:c}; without control at most {RolloutText.Percent(most)} is allowed there")
            : null;
    }

    /// <summary>The largest error rate of users behind a gate in the window.</summary>
    public static double WindowBound(double withoutControl) => Math.Min(1, WindowFactor * withoutControl);

    private static string? Breach(RolloutLimits limits, TimeSpan reach, RolloutActions window)
    {
        if (limits.MaxErrorRate is { } rate && window.ErrorRate > rate)
            return RolloutText.Of($"error rate {RolloutText.Percent(window.ErrorRate.Value)} over {window.Count} actions with the flag on in the last {reach:c}; at most {RolloutText.Percent(rate)} is allowed");
        if (limits.MaxLatency is { } latency && window.MeanLatency > latency)
            return RolloutText.Of($"mean latency {window.MeanLatency.Value.TotalMilliseconds:0.#} ms over {window.Count} actions with the flag on in the last {reach:c}; at most {latency.TotalMilliseconds:0.#} ms is allowed");
        return null;
    }

    // The bound at alpha is what is tolerated, but for the overshoot of one check: it would say "at least 1 ×" at each rollback. The one at 50 % says something.
    private static string? Worse(RolloutConfig plan, RolloutLedger ledger, double alpha)
    {
        (RolloutArm exposed, RolloutArm control) = (ledger.Exposed, ledger.Control);
        if (ledger.Errors.Stops(alpha))
            return RolloutText.Of($"error rate {RolloutText.Percent(exposed.Bad, exposed.AtRisk)} with the flag on against {RolloutText.Percent(control.Bad, control.AtRisk)} off{RolloutText.Ratio(ledger.Errors, ledger.ErrorWindows)}");
        MeanDifference latency = ledger.Latency;
        if (OneSidedTest.Stops(latency, Math.Log(1 + plan.MaxLatencyIncrease), alpha))
            return RolloutText.Of($"typical latency {Math.Exp(latency.A / latency.H):0.##} ms with the flag on against {Math.Exp(latency.B / latency.H):0.##} ms off, {Math.Exp(latency.Estimate):0.##} × as long, as likely as not at least {Math.Exp(latency.Estimate - OneSidedTest.HalfWidth(latency, 0.5)):0.##} ×");
        if (ledger.Slow.Stops(alpha))
            return RolloutText.Of($"{RolloutText.Percent(exposed.Slow, exposed.SlowAtRisk)} of users with the flag on were slower than {ledger.SlowThreshold?.TotalMilliseconds:0.##} ms against {RolloutText.Percent(control.Slow, control.SlowAtRisk)} off{RolloutText.Ratio(ledger.Slow, ledger.SlowWindows)}");
        return null;
    }
}
