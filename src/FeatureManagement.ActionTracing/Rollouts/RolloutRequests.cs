using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Makes the changes of a flag that users request of its rollout. Thread-safe.</summary>
internal sealed class RolloutRequests(FlagLookup flags, RolloutRuns runs, TimeProvider time)
{
    private delegate FlagRecord Starting(
        FlagDefinition configured, FlagRecord record, string id, RolloutConfig? plan, FlagChange change, DateTimeOffset now);

    public FlagEdit Start(string flag, FlagChange change, RolloutConfig? plan) => Start(flag, change, plan, RolloutChanges.Start);

    public FlagEdit EnsureStarted(string flag, FlagChange change, RolloutConfig? plan) =>
        Start(flag, change, plan, RolloutPlans.EnsureStarted);

    public FlagEdit Pause(string flag, FlagChange change) =>
        Edit(flag, AuditActions.RolloutPaused, change, (configured, record, now) => record with
        {
            Rollout = RolloutChanges.Pause(configured.Name, record.Rollout, change, now),
            At = now,
        });

    public FlagEdit Resume(string flag, FlagChange change) =>
        Edit(flag, AuditActions.RolloutResumed, change, (configured, record, now) => record with
        {
            Rollout = RolloutChanges.Resume(configured.Name, record.Rollout, HasSampleRatioMismatch(flag, record), change, now),
            At = now,
        });

    /// <param name="flag">The flag.</param>
    /// <param name="id">The rollout that the user sees; null for none.</param>
    /// <param name="change">Who and why.</param>
    public FlagEdit RollBack(string flag, string? id, FlagChange change) =>
        Edit(flag, AuditActions.RolloutRolledBack, change, (configured, record, now) =>
            RolloutEnds.RollBack(configured, record, id, LedgerOf(flag, record), change, now));

    public FlagEdit Complete(string flag, FlagChange change) =>
        Edit(flag, AuditActions.RolloutCompleted, change, (configured, record, now) =>
            RolloutEnds.Complete(configured, record, LedgerOf(flag, record), change, now));

    private FlagEdit Start(string flag, FlagChange change, RolloutConfig? plan, Starting start)
    {
        ArgumentNullException.ThrowIfNull(flag);
        string id = Guid.NewGuid().ToString("N");
        string action = AuditActions.RolloutStarted;
        if ((plan ?? flags.Configured(flag).Definition.RolloutConfig)?.StartAt > time.GetUtcNow())
            action = AuditActions.RolloutPlanned;
        return Edit(flag, action, change, (configured, record, now) => start(configured, record, id, plan, change, now));
    }

    private FlagEdit Edit(
        string flag, string action, FlagChange change, Func<FlagDefinition, FlagRecord, DateTimeOffset, FlagRecord> decide)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(change);
        DateTimeOffset now = time.GetUtcNow();
        return new FlagEdit
        {
            Flag = flag,
            Action = action,
            Change = change,
            At = now,
            Decide = (configured, record) => decide(configured, record, now),
        };
    }

    private bool HasSampleRatioMismatch(string flag, FlagRecord record) =>
        LedgerOf(flag, record) is { SampleRatioMismatch: true } ledger && ledger.SampleRatioSince == record.Rollout?.SampleRatioSince;

    private RolloutLedger? LedgerOf(string flag, FlagRecord record)
    {
        if (record.Rollout is { } rollout)
            return runs.Last(flag, rollout.Id)?.Ledger;
        return null;
    }
}
