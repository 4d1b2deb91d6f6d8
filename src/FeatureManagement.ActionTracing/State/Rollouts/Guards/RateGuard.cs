using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Whether exposed users have more bad outcomes of one kind than control (G1).</summary>
internal abstract class RateGuard(string name) : IGuard
{
    public string Name => name;

    public GuardKind Kind => GuardKind.Comparison;

    public RolloutLedger Fold(RolloutLedger ledger, EvidenceWindow window)
    {
        if (!window.IsCompared)
            return ledger;
        ((long bad, long atRisk) exposed, (long bad, long atRisk) control) =
            (CountsOf(window.Copy.Exposed), CountsOf(window.Copy.Control));
        var counts = new CountWindow(
            exposed.atRisk, control.atRisk,
            exposed.bad - CountsOf(window.Before.Exposed).Bad, control.bad - CountsOf(window.Before.Control).Bad);
        RateEvidence evidence = EvidenceOf(ledger);
        return With(ledger, new RateEvidence(
            evidence.Counts.Add(counts, Tolerated(window.Record.Plan)),
            CountWindow.Keep(evidence.Windows, counts with { Stratum = window.Copy.Key })));
    }

    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        RolloutLedger ledger = evidence.Ledger;
        if (!evidence.Plan.Guard || !EvidenceOf(ledger).Counts.Stops(evidence.Alpha.Comparison))
            return null;
        (long exposed, long exposedAtRisk) = CountsOf(ledger.Exposed);
        (long control, long controlAtRisk) = CountsOf(ledger.Control);
        return RolloutVerdict.Regressed(Reason(
            ledger, RolloutText.Percent(exposed, exposedAtRisk), RolloutText.Percent(control, controlAtRisk),
            RolloutText.Ratio(EvidenceOf(ledger).Counts, EvidenceOf(ledger).Windows)));
    }

    // As if all of them were exposed: which arm they are of must not decide when a window is closed.
    public BadOutcomes MoreToStop(RolloutEvidence evidence)
    {
        if (!evidence.Scope.IsCompared)
            return BadOutcomes.NeverReached;
        long? exposed = null;
        long? control = null;
        if (evidence.Observations is { } observed)
            (exposed, control) = (CountsOf(observed.Exposed).AtRisk, CountsOf(observed.Control).AtRisk);
        double expected = RateComparisons.ExpectedExposed(evidence.Record, exposed, control);
        long? more = EvidenceOf(evidence.Ledger).Counts.MoreToStop(expected, Tolerated(evidence.Plan), evidence.Alpha.Comparison);
        return MoreToStop(more ?? BadOutcomes.Never);
    }

    public RolloutFindings Show(RolloutFindings findings, RolloutConfig plan, RolloutLedger ledger)
    {
        if (!IsKnown(ledger))
            return findings;
        RateEvidence evidence = EvidenceOf(ledger);
        double alpha = AlphaBudget.Of(plan, ledger.ComparedFirst).Comparison;
        return Show(findings, RateComparisons.Of(
            evidence.Counts, evidence.Windows, alpha, CountsOf(ledger.Exposed), CountsOf(ledger.Control)));
    }

    public string? Describe(GuardScope scope) => RateComparisons.Describe(scope);

    /// <summary>The users of an arm with a bad outcome, and those at risk of it.</summary>
    protected abstract (long Bad, long AtRisk) CountsOf(RolloutArm arm);

    protected abstract RateEvidence EvidenceOf(RolloutLedger ledger);

    protected abstract RolloutLedger With(RolloutLedger ledger, RateEvidence evidence);

    /// <summary>How many times the rate of control is tolerated.</summary>
    protected abstract double Tolerated(RolloutConfig plan);

    protected abstract BadOutcomes MoreToStop(long more);

    protected abstract InvariantText Reason(RolloutLedger ledger, string exposed, string control, string ratio);

    protected abstract RolloutFindings Show(RolloutFindings findings, RolloutComparison comparison);

    /// <summary>Whether it is known what is bad.</summary>
    protected virtual bool IsKnown(RolloutLedger ledger) => true;

    /// <summary>The evidence of a rate in the ledger. Immutable.</summary>
    /// <param name="Counts">The evidence so far.</param>
    /// <param name="Windows">The counts that it comes from.</param>
    protected readonly record struct RateEvidence(CountEvidence Counts, IReadOnlyList<CountWindow> Windows);
}
