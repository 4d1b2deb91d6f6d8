namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Whether exposed : control differs from the percentage (S1). It puts a rollout on hold until it is resumed by hand.</summary>
internal sealed class SampleRatioGuard : IGuard
{
    public string Name => "sample_ratio";

    public GuardKind Kind => GuardKind.Assignment;

    // A mismatch that was found once stays: only resuming by hand starts new evidence.
    public RolloutLedger Fold(RolloutLedger ledger, EvidenceWindow window)
    {
        if (window.Record.SampleRatioSince > ledger.SampleRatioSince)
            ledger = ledger with
            {
                SampleRatioSince = window.Record.SampleRatioSince,
                EndedSampleRatio = default,
                SampleRatioMismatch = false,
            };
        if (ledger.SampleRatioMismatch || !ledger.SampleRatio.IsMismatch)
            return ledger;
        return ledger with { SampleRatioMismatch = true };
    }

    public RolloutLedger End(RolloutLedger ledger, RolloutStratum ended)
    {
        if (ledger.IsInSampleRatio(ended))
            return ledger with { EndedSampleRatio = ledger.EndedSampleRatio + ended.SampleRatio };
        return ledger;
    }

    public RolloutVerdict? Judge(RolloutEvidence evidence)
    {
        RolloutLedger ledger = evidence.Ledger;
        if (!evidence.Plan.Guard || !ledger.SampleRatioMismatch)
            return null;
        RolloutStratum[] steps = [.. ledger.Open.Where(stratum => stratum.Step >= ledger.SampleRatioSince)];
        long exposed = steps.Sum(stratum => stratum.Exposed.Units);
        long users = exposed + steps.Sum(stratum => stratum.Control.Units);
        return new(VerdictKind.SampleRatioMismatch, RolloutText.Of(
            $"Sample ratio mismatch: {RolloutText.Percent(exposed, users)} of {users} users have the flag on; "
            + $"expected {evidence.Record.Percentage:0.####} %. "
            + $"Check for lost exposures, cached answers or filtered bots; then resume with a reason."));
    }
}
