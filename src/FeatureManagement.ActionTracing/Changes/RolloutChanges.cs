using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// What a change of a rollout makes of a flag's record: pure functions of what is configured, its run-time state and
/// what is asked.
/// </summary>
internal static class RolloutChanges
{
    /// <summary>Starts a rollout, or plans it.</summary>
    /// <param name="configured">The flag as configuration says.</param>
    /// <param name="record">The flag's run-time state.</param>
    /// <param name="id">The rollout's id.</param>
    /// <param name="plan">Its own plan, or null for the flag's.</param>
    /// <param name="change">Who and why.</param>
    /// <param name="now">The time.</param>
    public static FlagRecord Start(
        FlagDefinition configured, FlagRecord record, string id, RolloutConfig? plan, FlagChange change,
        DateTimeOffset now)
    {
        RolloutConfig frozen = plan ?? configured.RolloutConfig ?? new RolloutConfig();
        string[] faults = [
            .. RolloutRules.Check(frozen),
            .. RolloutBounds.Check(frozen, now),
            .. plan is null ? [] : RolloutRules.Unused(plan),
        ];
        if (faults.Length > 0)
            throw new FlagChangeException(
                FlagChangeError.Invalid,
                [.. faults.Select(fault => $"Flag '{configured.Name}': rolloutConfig.{fault}.")]);
        if (record.Rollout is not null)
            throw Conflict($"Flag '{configured.Name}' already has a rollout. Roll it back or complete it first.");
        if (record.Emergency is not null || configured.State == FlagState.EmergencyOff)
            throw Conflict($"Flag '{configured.Name}' is in emergency; it cannot be rolled out. Clear the emergency first.");
        decimal current = PercentageNow(configured, record);
        decimal start = frozen.StartPercentage ?? Math.Max(1, current);
        if (start < current)
            throw Conflict(Text(
                $"Flag '{configured.Name}' is on for {current} % now; a rollout that starts at {start} % would take it "
                    + $"away from users. Start at {current} % or above."));
        if (frozen.TargetPercentage <= start)
            throw Conflict(Text(
                $"Flag '{configured.Name}' would start at {start} %; the target must be above it, and is {frozen.TargetPercentage} %."));
        bool planned = frozen.StartAt > now;
        RolloutPhase phase = RolloutCurve.PhaseOf(start);
        return record with
        {
            Rollout = new RolloutRecord
            {
                Id = id,
                Plan = frozen,
                OwnPlan = plan is null,
                Start = start,
                Percentage = start,
                Baseline = Baseline.Of(configured),
                Phase = planned ? RolloutPhase.Planned : phase,
                StartedAt = planned ? frozen.StartAt!.Value : now,
                ChangedAt = now,
                Actor = change.Actor,
                Reason = change.Reason,
                History = planned ? [] : [new RolloutStep { Percentage = start, Phase = phase, At = now }],
            },
            AutoStarted = PlanFingerprint.WithHad(record.AutoStarted, configured.RolloutConfig),
            At = now,
        };
    }

    /// <summary>The planned time has come.</summary>
    public static RolloutRecord Begin(RolloutRecord rollout, DateTimeOffset now)
    {
        RolloutPhase phase = RolloutCurve.PhaseOf(rollout.Start);
        return rollout with
        {
            Phase = phase,
            StartedAt = now,
            ChangedAt = now,
            History = [new RolloutStep { Percentage = rollout.Start, Phase = phase, At = now }],
        };
    }

    public static RolloutRecord Step(RolloutRecord rollout, RolloutLedger ledger, decimal percentage, DateTimeOffset now)
    {
        RolloutPhase phase = RolloutCurve.PhaseOf(percentage);
        return rollout with
        {
            Percentage = percentage,
            Phase = phase,
            Step = rollout.Step + 1,
            Round = RolloutCurve.BandOf(percentage) == RolloutCurve.BandOf(rollout.Percentage) ? rollout.Round : rollout.Round + 1,
            MonitoredTime = ledger.MonitoredTime,
            History = [.. Left(rollout, ledger, now), new RolloutStep { Percentage = percentage, Phase = phase, At = now }],
        };
    }

    public static RolloutRecord Pause(string flag, RolloutRecord? rollout, FlagChange change, DateTimeOffset now) => rollout switch
    {
        null => throw NoRollout(flag),
        { Phase: RolloutPhase.Planned } =>
            throw Conflict($"The rollout of flag '{flag}' has not started; there is nothing to pause. Roll it back to call it off."),
        { Phase: RolloutPhase.Paused } => throw Conflict($"The rollout of flag '{flag}' is paused already."),
        _ => rollout with { Phase = RolloutPhase.Paused, Actor = change.Actor, Reason = change.Reason, ChangedAt = now },
    };

    /// <param name="flag">The flag.</param>
    /// <param name="rollout">Its rollout, or null.</param>
    /// <param name="newSampleRatio">
    /// Whether there was a sample ratio mismatch: then evidence about it begins again, with a new round. The other
    /// evidence stays.
    /// </param>
    /// <param name="change">Who and why.</param>
    /// <param name="now">The time.</param>
    public static RolloutRecord Resume(string flag, RolloutRecord? rollout, bool newSampleRatio, FlagChange change, DateTimeOffset now)
    {
        if (rollout is null)
            throw NoRollout(flag);
        if (rollout.Phase != RolloutPhase.Paused && !newSampleRatio)
            throw Conflict($"The rollout of flag '{flag}' is not paused; there is nothing to resume.");
        return rollout with
        {
            Phase = RolloutCurve.PhaseOf(rollout.Percentage),
            Step = newSampleRatio ? rollout.Step + 1 : rollout.Step,
            Round = newSampleRatio ? rollout.Round + 1 : rollout.Round,
            SampleRatioSince = newSampleRatio ? rollout.Step + 1 : rollout.SampleRatioSince,
            Actor = change.Actor,
            Reason = change.Reason,
            ChangedAt = now,
        };
    }

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
            throw NoRollout(configured.Name);
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
            throw NoRollout(configured.Name);
        if (rollout.Phase == RolloutPhase.Planned)
            throw Conflict($"The rollout of flag '{configured.Name}' has not started; update the flag instead, or roll "
                + $"it back to call it off.");
        if (record.Emergency is not null)
            throw Conflict($"Flag '{configured.Name}' is in emergency; its rollout cannot be completed.");
        decimal target = rollout.Plan.TargetPercentage;
        FlagOverride applied = OverrideOf(configured, record);
        return End(
            configured, record with { Rollout = rollout with { Percentage = target, Replaced = record.Override } },
            RolloutPhase.Complete, change.Actor, change.Reason, now, ledger, rollout) with
        {
            Override = target >= 100
                ? applied with { State = FlagState.Enabled }
                : applied with { State = FlagState.Rollout, Percentage = target },
        };
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
        return record with
        {
            Rollout = null,
            LastRollout = rollout with
            {
                Phase = phase,
                Actor = actor,
                Reason = reason,
                ChangedAt = now,
                MonitoredTime = ledger is not null && ledger.Id == rollout.Id ? ledger.MonitoredTime : rollout.MonitoredTime,
                History = Left(last ?? rollout, ledger, now),
                Findings = ledger is not null && ledger.Id == rollout.Id ? RolloutGuards.Show(rollout.Plan, ledger) : null,
            },
            AutoStarted = PlanFingerprint.WithHad(record.AutoStarted, configured.RolloutConfig),
            At = now,
        };
    }

    /// <summary>The percentage at which a rollout finds the flag.</summary>
    public static decimal PercentageNow(FlagDefinition configured, FlagRecord record)
    {
        FlagOverride? applied = null;
        if (record.Override?.Baseline == Baseline.Of(configured))
            applied = record.Override;
        return (applied?.State ?? configured.State) switch
        {
            FlagState.Enabled => 100,
            FlagState.Canary or FlagState.Rollout => applied?.Percentage ?? configured.Percentage,
            _ => 0,
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

    /// <summary>The history, with the evidence of the step that is being left.</summary>
    private static IReadOnlyList<RolloutStep> Left(RolloutRecord rollout, RolloutLedger? ledger, DateTimeOffset now)
    {
        if (rollout.History is not [.., { Until: null } left])
            return rollout.History;
        RolloutStratum[] seen = ledger?.Id == rollout.Id ? [.. ledger.Open.Where(stratum => stratum.Percentage == left.Percentage)] : [];
        RolloutActions actions = seen.Aggregate(RolloutActions.None, (sum, stratum) => sum.Plus(stratum.Actions));
        double seconds = (now - left.At).TotalSeconds;
        return
        [
            .. rollout.History.SkipLast(1),
            left with
            {
                Until = now,
                ErrorRate = actions.ErrorRate,
                MeanLatency = actions.MeanLatency,
                Throughput = seconds > 0 ? actions.Count / seconds : null,
                ExposedUnits = seen.Sum(stratum => stratum.Exposed.Units),
                ControlUnits = seen.Sum(stratum => stratum.Control.Units),
            },
        ];
    }

    private static FlagChangeException NoRollout(string flag) =>
        Conflict($"Flag '{flag}' is not rolling out. Update the flag, or call an emergency, to turn it off.");

    private static FlagChangeException Conflict(string message) => new(FlagChangeError.Conflict, message);

    private static string Text(InvariantText text) => text.ToString();
}
