using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>
/// <c>maxErrorRateWithoutControl</c>: the error rate of exposed users behind a gate of the flag, who have no comparable control.
/// The first gated action of each user is judged sequentially. A plain threshold over the window finds what begins to fail later.
/// </summary>
internal sealed class WithoutControlGuard : IGuard
{
    // Fewer users in the window than this exceed no threshold.
    private const int MinimumUnits = 20;

    // How many times the bound may be exceeded in the window, by users whose first gated action has ended.
    private const double WindowFactor = 5;

    public string Name => "without_control";

    public GuardKind Kind => GuardKind.Absolute;

    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        if (evidence.Limits.WithoutControl is not { } bound)
            return null;
        RateAboveBound gated = evidence.Ledger.Gated;
        if (gated.Stops(bound, evidence.Alpha.WithoutControl))
            return RolloutVerdict.Regressed(
                $"error rate {RolloutText.Percent(gated.Errors, gated.Units)} of {gated.Units} users behind a gate of the flag, "
                + $"as likely as not at least {RolloutText.Percent(gated.Lower(0.5))}; "
                + $"without control at most {RolloutText.Percent(bound)} is allowed");
        double limit = WindowLimit(bound);
        if (evidence.Observations is not { GatedWindowUnits: >= MinimumUnits and var units, GatedWindowBad: var bad })
            return null;
        if (!(bad > limit * units))
            return null;
        return RolloutVerdict.Regressed(
            $"error rate {RolloutText.Percent(bad, units)} of {units} users behind a gate of the flag "
            + $"in the last {evidence.Record.Window:c}; without control at most {RolloutText.Percent(limit)} is allowed there");
    }

    public BadOutcomes MoreToStop(RolloutEvidence evidence)
    {
        if (evidence.Limits.WithoutControl is not { } bound)
            return BadOutcomes.NeverReached;
        RolloutLedger ledger = evidence.Ledger;
        var alpha = AlphaBudget.Of(evidence.Plan, ledger.ComparedFirst ?? false);
        return BadOutcomes.NeverReached with
        {
            GatedUnits = ledger.Gated.MoreErrorsToStop(bound, alpha.WithoutControl) ?? BadOutcomes.Never,
            GatedErrors = MoreInWindow(WindowLimit(bound), evidence.Observations),
        };
    }

    public RolloutFindings Show(RolloutFindings findings, RolloutConfig plan, RolloutLedger ledger)
    {
        RateAboveBound gated = ledger.Gated;
        if (gated.Units == 0 || RolloutLimits.Of(plan.SafetyThresholds, RolloutPhase.Majority).WithoutControl is not { } bound)
            return findings;
        double alpha = AlphaBudget.Of(plan, ledger.ComparedFirst).WithoutControl;
        double evidence = gated.LogE(bound);
        return findings with
        {
            WithoutControl = new RolloutComparison
            {
                Exposed = (double)gated.Errors / gated.Units,
                PValue = Math.Min(1, Math.Exp(-evidence)),
                Evidence = Math.Clamp(evidence / -Math.Log(alpha), 0, 1) + 0d, // never −0
            },
        };
    }

    public string? Describe(GuardScope scope)
    {
        if (scope.Limits.WithoutControl is not { } bound || scope.Ledger is { IsComparing: true, Gated.Units: 0 })
            return null;
        return $"an error rate of {RolloutText.Percent(bound)} behind gates of the flag";
    }

    private static double WindowLimit(double bound) => Math.Min(1, WindowFactor * bound);

    // Users who came before without an error may be among those who fail next.
    private static long MoreInWindow(double limit, RolloutObservations? observations)
    {
        if (limit >= 1)
            return BadOutcomes.Never;
        long units = Math.Max(observations?.GatedWindowUnits ?? 0, MinimumUnits);
        return Math.Max(1, (long)Math.Floor(limit * units) - (observations?.GatedWindowBad ?? 0) + 1);
    }
}
