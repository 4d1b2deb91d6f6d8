using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>Makes the change of a flag that a decision leads to. Pure.</summary>
internal static class RolloutEdits
{
    private const string Actor = "action-tracing";

    /// <summary>The change to commit; null where the decision changes nothing or rolls back.</summary>
    public static FlagEdit? Of(string flag, RolloutRecord record, RolloutDecision decision, DateTimeOffset now) => decision.Kind switch
    {
        RolloutDecisionKind.Step => Step(flag, record, decision, now),
        RolloutDecisionKind.Complete => Complete(flag, record, decision, now),
        RolloutDecisionKind.Pause => Pause(flag, record, decision, now),
        _ => null,
    };

    /// <summary>The rollback to apply, at any step that the rollout has reached by now.</summary>
    public static FlagEdit RollBack(string flag, string id, RolloutLedger ledger, string reason, DateTimeOffset now)
    {
        // A rollback is not refused because of its reason.
        var change = new FlagChange(Actor, FlagChange.Cut(StorableText.Replace(reason)), ChangeSource.Safety);
        return Edit(flag, AuditActions.RolloutRolledBack, change, now, (configured, current) => RolloutEnds.CanRollBack(current, id)
            ? RolloutEnds.RollBack(configured, current, id, ledger, change, now)
            : current);
    }

    /// <summary>The start of a rollout whose planned time has come.</summary>
    public static FlagEdit Begin(string flag, RolloutRecord record, DateTimeOffset now)
    {
        string reason = FlagChange.Cut($"planned for {record.StartedAt:u}: {record.Reason}");
        var change = new FlagChange(record.Actor, reason, ChangeSource.Rollout);
        return Edit(flag, AuditActions.RolloutStarted, change, now, (_, current) =>
            current.Rollout is { Phase: RolloutPhase.Planned } planned && planned.Id == record.Id
                ? current with { Rollout = RolloutChanges.Begin(planned, now), At = now }
                : current);
    }

    private static FlagEdit Step(string flag, RolloutRecord record, RolloutDecision decision, DateTimeOffset now)
    {
        string reason = Text(
            $"{record.Percentage:0.####} % → {decision.Percentage:0.####} % after {Monitored(decision):c} of monitored time");
        return Edit(
            flag, AuditActions.RolloutStep, new FlagChange(Actor, reason, ChangeSource.Rollout), now, (_, current) =>
                IsStill(record, current)
            ? current with { Rollout = RolloutChanges.Step(current.Rollout!, decision.Ledger, decision.Percentage, now), At = now }
            : current);
    }

    private static FlagEdit Complete(string flag, RolloutRecord record, RolloutDecision decision, DateTimeOffset now)
    {
        string reason = Text($"{decision.Percentage:0.####} % reached after {Monitored(decision):c} of monitored time");
        var end = new FlagChange(Actor, Text($"{decision.Percentage:0.####} % reached"));
        return Edit(flag, AuditActions.RolloutCompleted, new FlagChange(Actor, reason, ChangeSource.Rollout), now, (configured, current) =>
            IsStill(record, current) ? RolloutEnds.Complete(configured, current, decision.Ledger, end, now) : current);
    }

    private static FlagEdit Pause(string flag, RolloutRecord record, RolloutDecision decision, DateTimeOffset now)
    {
        string reason = FlagChange.Cut(StorableText.Replace($"no metrics for longer than maxHold: {decision.Reason}"));
        var change = new FlagChange(Actor, reason, ChangeSource.Safety);
        return Edit(flag, AuditActions.RolloutPaused, change, now, (configured, current) => IsStill(record, current)
            ? current with { Rollout = RolloutChanges.Pause(configured.Name, current.Rollout, change, now), At = now }
            : current);
    }

    private static bool IsStill(RolloutRecord record, FlagRecord current) => current.Emergency is null
        && current.Rollout is { } rollout && rollout.Id == record.Id && rollout.Step == record.Step && rollout.Phase == record.Phase;

    private static FlagEdit Edit(
        string flag, string action, FlagChange change, DateTimeOffset now, Func<FlagDefinition, FlagRecord, FlagRecord> decide) =>
        new() { Flag = flag, Action = action, Change = change, At = now, Decide = decide };

    private static TimeSpan Monitored(RolloutDecision decision) =>
        TimeSpan.FromSeconds(Math.Round(decision.Ledger.MonitoredTime.TotalSeconds));

    private static string Text(InvariantText text) => text.ToString();
}
