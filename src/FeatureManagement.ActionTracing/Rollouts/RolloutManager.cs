using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Rollouts;

internal sealed class RolloutManager(
    FlagControl control, SnapshotSource source, IFlagCatalogSource configuration, RolloutRunner runner,
    TimeProvider time) : IRolloutManager
{
    private const int MaxPreview = 500;

    public Task<RolloutStatus> StartAsync(string flag, FlagChange change, RolloutConfig? plan, CancellationToken cancellationToken) =>
        BeginAsync(flag, change, plan, RolloutChanges.Start, cancellationToken);

    public Task<RolloutStatus> EnsureStartedAsync(
        string flag, FlagChange change, RolloutConfig? plan, CancellationToken cancellationToken) =>
        BeginAsync(flag, change, plan, RolloutPlans.EnsureStarted, cancellationToken);

    public Task<RolloutStatus> PauseAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        CommitAsync(
            flag, AuditActions.RolloutPaused, change,
            (configured, record, now) =>
                record with { Rollout = RolloutChanges.Pause(configured.Name, record.Rollout, change, now), At = now },
            cancellationToken);

    public Task<RolloutStatus> ResumeAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        CommitAsync(flag, AuditActions.RolloutResumed, change, (configured, record, now) => record with
        {
            Rollout = RolloutChanges.Resume(configured.Name, record.Rollout, record.Rollout is { } rollout
                && HasSampleRatioMismatch(flag, rollout), change, now),
            At = now,
        }, cancellationToken);

    public async Task<RolloutStatus> RollBackAsync(string flag, FlagChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(change);
        DateTimeOffset now = time.GetUtcNow();
        string? id = control.Record(flag).Record.Rollout?.Id;
        await control.ApplyAsync(Edit(flag, AuditActions.RolloutRolledBack, change, now,
            (configured, record) => RolloutChanges.RollBack(configured, record, id, LedgerOf(flag, record), change, now)),
            cancellationToken).ConfigureAwait(false);
        RolloutStatus status = StatusOrThrow(flag);
        if (status is not { Phase: RolloutPhase.Complete })
            return status;
        throw new FlagChangeException(FlagChangeError.Conflict, $"The rollout of flag '{flag}' was completed by "
            + "another user, and the flag has changed since; it was not rolled back. Update the flag, or call an "
            + "emergency, to turn it off.");
    }

    public Task<RolloutStatus> CompleteAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        CommitAsync(
            flag, AuditActions.RolloutCompleted, change,
            (configured, record, now) => RolloutChanges.Complete(configured, record, LedgerOf(flag, record), change, now),
            cancellationToken);

    public RolloutStatus? GetStatus(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        VersionedRecord layer = control.Record(flag);
        if ((layer.Record.Rollout ?? layer.Record.LastRollout) is { } rollout)
            return Status(flag, rollout, layer);
        return null;
    }

    public IReadOnlyList<RolloutStatus> GetActive() =>
    [
        .. control.Records().Where(pair => pair.Value.Record.Rollout is not null && source.Current.Find(pair.Key) is not null)
            .Select(pair => Status(pair.Key, pair.Value.Record.Rollout!, pair.Value))
            .OrderBy(status => status.Flag, StringComparer.OrdinalIgnoreCase),
    ];

    public IReadOnlyList<RolloutPreviewStep> Preview(string flag, RolloutConfig? plan)
    {
        FlagDefinition configured = Definition(flag);
        DateTimeOffset now = time.GetUtcNow();
        FlagRecord asIfIdle = control.Record(flag).Record with { Rollout = null, Emergency = null };
        // Starting leaves one.
        RolloutRecord rollout = RolloutChanges.Start(configured, asIfIdle, "", plan, new FlagChange("", ""), now).Rollout!;
        TimeSpan duration = RolloutCurve.Duration(rollout.Plan);
        TimeSpan interval = configuration.Catalog.Settings.ProgressionInterval;
        if (duration / interval > MaxPreview)
            interval = duration / MaxPreview;
        var steps = new List<RolloutPreviewStep> { new(rollout.StartedAt, rollout.Start, RolloutCurve.PhaseOf(rollout.Start)) };
        for (TimeSpan at = interval; at < duration; at += interval)
            if (RolloutCurve.At(rollout.Plan, rollout.Start, at) is var percentage
                && percentage > steps[^1].Percentage
                && percentage < rollout.Plan.TargetPercentage)
                steps.Add(new(RolloutBounds.Add(rollout.StartedAt, at), percentage, RolloutCurve.PhaseOf(percentage)));
        steps.Add(new(RolloutBounds.Add(rollout.StartedAt, duration), rollout.Plan.TargetPercentage, RolloutPhase.Complete));
        return steps;
    }

    private Task<RolloutStatus> BeginAsync(
        string flag, FlagChange change, RolloutConfig? plan,
        Func<FlagDefinition, FlagRecord, string, RolloutConfig?, FlagChange, DateTimeOffset, FlagRecord> begin,
        CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString("N");
        bool planned = (plan ?? Definition(flag).RolloutConfig)?.StartAt > time.GetUtcNow();
        return CommitAsync(
            flag, planned ? AuditActions.RolloutPlanned : AuditActions.RolloutStarted, change,
            (configured, record, now) => begin(configured, record, id, plan, change, now), cancellationToken);
    }

    private async Task<RolloutStatus> CommitAsync(
        string flag, string action, FlagChange change,
        Func<FlagDefinition, FlagRecord, DateTimeOffset, FlagRecord> decide, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(change);
        DateTimeOffset now = time.GetUtcNow();
        await control.CommitAsync(
            Edit(flag, action, change, now, (configured, record) => decide(configured, record, now)),
            cancellationToken).ConfigureAwait(false);
        return StatusOrThrow(flag);
    }

    private static FlagEdit Edit(
        string flag, string action, FlagChange change, DateTimeOffset now,
        Func<FlagDefinition, FlagRecord, FlagRecord> decide) =>
        new() { Flag = flag, Action = action, Change = change, At = now, Decide = decide };

    private bool HasSampleRatioMismatch(string flag, RolloutRecord rollout) =>
        runner.Last(flag, rollout.Id)?.Ledger is { SampleRatioMismatch: true } ledger
            && ledger.SampleRatioSince == rollout.SampleRatioSince;

    private RolloutLedger? LedgerOf(string flag, FlagRecord record)
    {
        if (record.Rollout is { } rollout)
            return runner.Last(flag, rollout.Id)?.Ledger;
        return null;
    }

    private RolloutStatus Status(string flag, RolloutRecord rollout, VersionedRecord layer)
    {
        string name = source.Current.Find(flag)?.Name ?? flag;
        try
        {
            return RolloutStatuses.Of(
                name, rollout, runner.Last(flag, rollout.Id), !layer.IsInOutbox,
                configuration.Catalog.Settings.ProgressionInterval, time.GetUtcNow());
        }
#pragma warning disable CA1031 // A record that another release or a person wrote: the rollouts of all other flags are shown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return RolloutStatuses.Unknown(
                name, rollout, $"The status of this rollout cannot be shown: {ForeignText.Quote(exception.Message)}");
        }
    }

    private RolloutStatus StatusOrThrow(string flag) => GetStatus(flag)
        ?? throw new FlagChangeException(
            FlagChangeError.Conflict,
            $"The change was made, but the rollout of flag '{flag}' has been removed meanwhile.");

    private FlagDefinition Definition(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        return source.Configured(flag)?.Definition
            ?? throw new FlagChangeException(FlagChangeError.UnknownFlag, $"There is no flag '{ForeignText.Quote(flag)}'"
                + (NearestName.Find(flag, source.Current.Names) is { } nearest ? $"; did you mean '{nearest}'?" : "."));
    }
}
