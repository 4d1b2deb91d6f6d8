using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>The decision of a safety check. Immutable.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Ledger">The ledger after the check.</param>
/// <param name="Percentage">The next percentage, where a step is due.</param>
/// <param name="Reason">Why, for a pause or a rollback.</param>
internal readonly record struct RolloutDecision(RolloutDecisionKind Kind, RolloutLedger Ledger, decimal Percentage = 0, string Reason = "")
{
    /// <summary>Decides. Pure; every rollout goes through here, and nothing else moves one forward.</summary>
    /// <param name="record">The rollout, not planned and not ended.</param>
    /// <param name="ledger">Its ledger, with the evidence of this check.</param>
    /// <param name="verdict">The verdict of the check.</param>
    /// <param name="elapsed">Monotonic time since time was last counted, by whichever process.</param>
    /// <param name="maxHold">How long the source may be unavailable.</param>
    /// <param name="settings">The intervals.</param>
    /// <param name="now">The time of day, for people only.</param>
    public static RolloutDecision Decide(
        RolloutRecord record, RolloutLedger ledger, RolloutVerdict verdict, TimeSpan elapsed, TimeSpan maxHold,
        FeatureFlagSettings settings, DateTimeOffset now)
    {
        if (verdict.Kind == VerdictKind.Regressed)
            return new(RolloutDecisionKind.RollBack, ledger, Reason: verdict.Reason);

        // Time between checks counts for at most two intervals: more is not known to have been monitored.
        TimeSpan counted = TimeSpan.FromTicks(Math.Clamp(elapsed.Ticks, 0, 2 * settings.SafetyInterval.Ticks));
        bool paused = record.Phase == RolloutPhase.Paused;
        // An instance that counts nothing must not make the others begin again.
        long next = ledger.Counted;
        if (counted > TimeSpan.Zero)
            next = ledger.Counted + 1;
        if (verdict.Kind != VerdictKind.Healthy)
        {
            bool unavailable = verdict.Kind == VerdictKind.SourceUnavailable;
            ledger = ledger with
            {
                Counted = unavailable ? next : ledger.Counted,
                Unavailable = unavailable ? ledger.Unavailable + counted : TimeSpan.Zero,
                Hold = ledger.Hold is { } hold && hold.Kind == verdict.Kind
                    ? hold with { Reason = verdict.Reason }
                    : new RolloutHold(verdict.Kind, verdict.Reason, now),
            };
            if (unavailable && ledger.Unavailable >= maxHold && !paused)
                return new(RolloutDecisionKind.Pause, ledger, Reason: verdict.Reason);
            return new(RolloutDecisionKind.None, ledger);
        }

        ledger = ledger with { Unavailable = TimeSpan.Zero, Hold = null };
        if (paused)
            return new(RolloutDecisionKind.None, ledger);
        ledger = ledger with { Counted = next, MonitoredTime = ledger.MonitoredTime + counted };
        if (ledger.MonitoredTime >= RolloutCurve.Duration(record.Plan))
            return new(RolloutDecisionKind.Complete, ledger, record.Plan.TargetPercentage);
        if (ledger.MonitoredTime - record.MonitoredTime < settings.ProgressionInterval)
            return new(RolloutDecisionKind.None, ledger);
        decimal percentage = RolloutCurve.At(record.Plan, record.Start, ledger.MonitoredTime);
        if (percentage >= record.Plan.TargetPercentage)
            return new(RolloutDecisionKind.Complete, ledger, percentage);
        if (percentage > record.Percentage)
            return new(RolloutDecisionKind.Step, ledger, percentage);
        return new(RolloutDecisionKind.None, ledger);
    }
}
