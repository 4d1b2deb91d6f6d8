using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Changes.Rollouts;

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
    /// <exception cref="FlagChangeException">The plan is invalid, or the flag cannot be rolled out now.</exception>
    public static FlagRecord Start(
        FlagDefinition configured, FlagRecord record, string id, RolloutConfig? plan, FlagChange change,
        DateTimeOffset now)
    {
        RolloutConfig frozen = plan ?? configured.RolloutConfig ?? new RolloutConfig();
        decimal start = RolloutStartCheck.StartOf(configured, record, frozen, plan, now);
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
            History = [.. RolloutHistory.Leave(rollout, ledger, now), new RolloutStep { Percentage = percentage, Phase = phase, At = now }],
        };
    }

    public static RolloutRecord Pause(string flag, RolloutRecord? rollout, FlagChange change, DateTimeOffset now) => rollout switch
    {
        null => throw RolloutRefusal.NotRollingOut(flag),
        { Phase: RolloutPhase.Planned } =>
            throw RolloutRefusal.Conflict(
                $"The rollout of flag '{flag}' has not started; there is nothing to pause. Roll it back to call it off."),
        { Phase: RolloutPhase.Paused } => throw RolloutRefusal.Conflict($"The rollout of flag '{flag}' is paused already."),
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
            throw RolloutRefusal.NotRollingOut(flag);
        if (rollout.Phase != RolloutPhase.Paused && !newSampleRatio)
            throw RolloutRefusal.Conflict($"The rollout of flag '{flag}' is not paused; there is nothing to resume.");
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
}
