namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>What a safety check judges. Stateless and pure: the evidence is in the ledger.</summary>
internal interface IGuard
{
    /// <summary>The name, in snake_case.</summary>
    string Name { get; }

    GuardKind Kind { get; }

    /// <summary>Adds what a copy of a step adds to the evidence. The copy is in the ledger already.</summary>
    RolloutLedger Fold(RolloutLedger ledger, EvidenceWindow window) => ledger;

    /// <summary>Adds a step that no longer grows to the sums over ended steps.</summary>
    RolloutLedger End(RolloutLedger ledger, RolloutStratum ended) => ledger;

    /// <summary>The verdict of this guard; null where it has no objection.</summary>
    RolloutVerdict? Judge(RolloutEvidence evidence);

    /// <summary>How many more bad outcomes may change the verdict of this guard, so that a check is due early.</summary>
    BadOutcomes MoreToStop(RolloutEvidence evidence) => BadOutcomes.NeverReached;

    /// <summary>Adds what the evidence says, in numbers for people.</summary>
    RolloutFindings Show(RolloutFindings findings, RolloutConfig plan, RolloutLedger ledger) => findings;

    /// <summary>Names this guard in the sentence that lists the guards of a rollout; null where it does not judge this rollout.</summary>
    string? Describe(GuardScope scope) => null;
}
