namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>The guards of rollouts: the only place that lists them. Pure.</summary>
internal static class RolloutGuards
{
    /// <summary>The guards that judge exposed users by a limit of the plan.</summary>
    public static IReadOnlyList<IGuard> Thresholds { get; } = [new ErrorThreshold(), new LatencyThreshold()];

    /// <summary>All guards. The first one with a verdict decides.</summary>
    public static IReadOnlyList<IGuard> All { get; } =
    [
        .. Thresholds, new WithoutControlGuard(),
        new ErrorGuard(), new LatencyGuard(), new SlowGuard(),
        new SampleRatioGuard(),
    ];

    /// <summary>How many guards share the alpha of the comparison.</summary>
    public static int Comparisons { get; } = All.Count(static guard => guard.Kind == GuardKind.Comparison);

    public static RolloutVerdict Judge(RolloutEvidence evidence)
    {
        foreach (IGuard guard in All)
            if (guard.Judge(evidence) is { } verdict)
                return verdict;
        int needed = evidence.Limits.MinimumSamples;
        long units = evidence.Units;
        if (units >= needed)
            return new(VerdictKind.Healthy, GuardTexts.Note(evidence.Scope));
        return new(VerdictKind.TooFewSamples, RolloutText.Of(
            $"{needed - units} more users with the flag on are needed in this phase ({units} of {needed} were seen)."));
    }

    /// <summary>The verdict of the absolute guards alone, which may judge at any time; null where they have no objection.</summary>
    public static RolloutVerdict? JudgeAbsolute(RolloutEvidence evidence)
    {
        foreach (IGuard guard in All)
            if (guard.Kind == GuardKind.Absolute && guard.Judge(evidence) is { } verdict)
                return verdict;
        return null;
    }

    /// <summary>How many more bad outcomes may change the verdict of a healthy rollout.</summary>
    public static BadOutcomes MoreToStop(RolloutEvidence evidence) =>
        All.Aggregate(BadOutcomes.NeverReached, (least, guard) => least.Min(guard.MoreToStop(evidence)));

    public static RolloutLedger Fold(RolloutLedger ledger, EvidenceWindow window) =>
        All.Aggregate(ledger, (folded, guard) => guard.Fold(folded, window));

    public static RolloutLedger End(RolloutLedger ledger, RolloutStratum ended) =>
        All.Aggregate(ledger, (folded, guard) => guard.End(folded, ended));

    public static RolloutFindings Show(RolloutConfig plan, RolloutLedger ledger) => All.Aggregate(
        new RolloutFindings { ExposedUnits = ledger.Exposed.Units, ControlUnits = ledger.Control.Units },
        (findings, guard) => guard.Show(findings, plan, ledger));
}
