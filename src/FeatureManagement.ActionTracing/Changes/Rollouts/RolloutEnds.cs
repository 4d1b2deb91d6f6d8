using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Changes.Rollouts;

/// <summary>What each end of a rollout makes of a flag's record. Pure.</summary>
internal static class RolloutEnds
{
    /// <summary>Removes the rollout, so that the layer beneath decides again, or puts a "disabled" override in its place.</summary>
    /// <param name="configured">The flag as configuration says.</param>
    /// <param name="record">The flag's run-time state.</param>
    /// <param name="id">The rollout that is meant; null for none.</param>
    /// <param name="ledger">Its evidence, or null.</param>
    /// <param name="change">Who and why.</param>
    /// <param name="now">The time.</param>
    public static FlagRecord RollBack(
        FlagDefinition configured, FlagRecord record, string? id, RolloutLedger? ledger, FlagChange change,
        DateTimeOffset now)
    {
        record = Reopened(record);
        if (record.Rollout is not { } rollout || rollout.Id != id)
            throw RolloutRefusal.NotRollingOut(configured.Name);
        FlagRecord ended = End(configured, record, RolloutPhase.RolledBack, change.Actor, change.Reason, now, ledger);
        if (rollout.Plan.RollbackTo == RollbackTarget.Disabled && rollout.Phase != RolloutPhase.Planned)
            return ended with { Override = OverrideOf(configured, record) with { State = FlagState.Disabled } };
        return ended;
    }

    /// <summary>
    /// Whether a rollback of this rollout would find it: running, or completed by another user while the rollback was
    /// on its way.
    /// </summary>
    public static bool CanRollBack(FlagRecord record, string id) => Reopened(record).Rollout?.Id == id;

    /// <summary>Puts an override in the rollout's place: enabled at 100 %, else its target.</summary>
    public static FlagRecord Complete(
        FlagDefinition configured, FlagRecord record, RolloutLedger? ledger, FlagChange change, DateTimeOffset now)
    {
        if (record.Rollout is not { } rollout)
            throw RolloutRefusal.NotRollingOut(configured.Name);
        if (rollout.Phase == RolloutPhase.Planned)
            throw RolloutRefusal.Conflict(
                $"The rollout of flag '{configured.Name}' has not started; update the flag instead, or roll "
                + $"it back to call it off.");
        if (record.Emergency is not null)
            throw RolloutRefusal.Conflict(
                $"Flag '{configured.Name}' is in emergency; its rollout cannot be completed.");
        decimal target = rollout.Plan.TargetPercentage;
        FlagOverride next = OverrideOf(configured, record);
        if (target >= 100)
            next = next with { State = FlagState.Enabled };
        else
            next = next with { State = FlagState.Rollout, Percentage = target };
        record = record with { Rollout = rollout with { Percentage = target, Replaced = record.Override } };
        FlagRecord ended = End(
            configured, record, RolloutPhase.Complete, change.Actor, change.Reason, now, ledger, last: rollout);
        return ended with { Override = next };
    }

    /// <summary>
    /// Moves the rollout, if there is one, to where it can only be read. What is configured now has had its rollout: it
    /// may have been edited since the start.
    /// </summary>
    public static FlagRecord End(
        FlagDefinition configured, FlagRecord record, RolloutPhase phase, string actor, string reason,
        DateTimeOffset now, RolloutLedger? ledger = null, RolloutRecord? last = null)
    {
        if (record.Rollout is not { } rollout)
            return record;
        RolloutLedger? own = null;
        if (ledger?.Id == rollout.Id)
            own = ledger;
        RolloutFindings? findings = null;
        if (own is not null)
            findings = RolloutGuards.Show(rollout.Plan, own);
        return record with
        {
            Rollout = null,
            LastRollout = rollout with
            {
                Phase = phase,
                Actor = actor,
                Reason = reason,
                ChangedAt = now,
                MonitoredTime = own?.MonitoredTime ?? rollout.MonitoredTime,
                History = RolloutHistory.Leave(last ?? rollout, ledger, now),
                Findings = findings,
            },
            AutoStarted = PlanFingerprint.WithHad(record.AutoStarted, configured.RolloutConfig),
            At = now,
        };
    }

    /// <summary>The record before its rollout was completed, where nothing has changed since.</summary>
    private static FlagRecord Reopened(FlagRecord record)
    {
        if (record is { Rollout: null, LastRollout: { Phase: RolloutPhase.Complete } last } && last.ChangedAt == record.At)
            return record with { Rollout = last with { Replaced = null }, Override = last.Replaced };
        return record;
    }

    private static FlagOverride OverrideOf(FlagDefinition configured, FlagRecord record)
    {
        var answer = Baseline.Of(configured);
        if (record.Override is { } existing && existing.Baseline == answer)
            return existing;
        return new FlagOverride { Baseline = answer };
    }
}
