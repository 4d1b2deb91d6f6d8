using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Management;

internal sealed class FeatureFlagManager(
    SnapshotSource source, FlagEvaluator evaluator, AmbientContext ambient, EvaluationWarnings warnings,
    FlagControl control, FlagWatchers watchers, TimeProvider time,
    Func<IRolloutManager> rollouts)
    : IFeatureFlagManager
{
    public bool IsEnabled(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
            return context is null
                ? evaluator.IsOn(snapshot, compiled, snapshot.NeedsContext(compiled) ? ambient.Get() : Subject.WithoutContext)
                : evaluator.IsOn(snapshot, compiled, new Subject(context));
        warnings.UnknownFlag(flag, snapshot);
        return false;
    }

    public string? GetVariant(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
        {
            int variant = evaluator.Variant(snapshot, compiled, context is null ? ambient.Get() : new Subject(context));
            if (variant < 0)
                return null;
            return compiled.Variants!.NameOf(variant);
        }
        warnings.UnknownFlag(flag, snapshot);
        return null;
    }

    public FlagEvaluation Evaluate(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
            return evaluator.Evaluate(snapshot, compiled, context is null ? ambient.Get() : new Subject(context));
        warnings.UnknownFlag(flag, snapshot);
        return new FlagEvaluation { Flag = flag, IsEnabled = false, Reason = EvaluationReason.Unknown };
    }

    public IReadOnlyList<FlagStatus> GetAllFlags()
    {
        FlagSnapshot snapshot = source.Current;
        var flags = new List<FlagStatus>(snapshot.Flags.Length);
        foreach (CompiledFlag flag in snapshot.Flags)
            flags.Add(FlagStatus.Of(snapshot, flag));
        return flags;
    }

    public FlagStatus? GetFlag(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
            return FlagStatus.Of(snapshot, compiled);
        return null;
    }

    public Task<FlagStatus> UpdateFlagAsync(
        string flag, FlagUpdate update, FlagChange change, long? expectedVersion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(update);
        DateTimeOffset now = time.GetUtcNow();
        return control.CommitAsync(Edit(
            flag, AuditActions.Updated, change, now,
            (configured, record) => FlagChanges.Update(configured, record, update, now), expectedVersion), cancellationToken);
    }

    public Task<FlagStatus> ResetFlagAsync(string flag, FlagChange change, long? expectedVersion, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return control.CommitAsync(Edit(
            flag, AuditActions.Reset, change, now, (configured, record) => FlagChanges.Reset(configured, record, now),
            expectedVersion), cancellationToken);
    }

    public async Task<EmergencyResult> EmergencyShutdownAsync(string flag, FlagChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        change = EmergencyWords.Fit(change, out string? note);
        var emergency = new FlagEmergency(change.Reason, change.Actor, time.GetUtcNow());
        AppliedChange acted = await control.ApplyAsync(
            Edit(
                flag, AuditActions.Emergency, change, emergency.At,
                (configured, record) => FlagChanges.Shutdown(configured, record, emergency)),
            cancellationToken).ConfigureAwait(false);
        FlagSnapshot now = source.Latest;
        if (!now.TryFind(flag, out CompiledFlag? killed) && !(now = acted.Before).TryFind(flag, out killed))
            throw new FlagChangeException(
                FlagChangeError.UnknownFlag,
                $"The emergency is kept, but flag '{flag}' has just been removed from configuration.");
        return new EmergencyResult { Flag = FlagStatus.Of(now, killed), Stopped = acted.Stopped(), IsStored = acted.Stored, Note = note };
    }

    public Task<FlagStatus> ClearEmergencyAsync(string flag, FlagChange change, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return control.CommitAsync(Edit(
            flag, AuditActions.EmergencyCleared, change, now,
            (configured, record) => FlagChanges.Clear(configured, record, now)), cancellationToken);
    }

    public IDisposable WatchFlag(string flag, Action<FlagStatus> callback)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(callback);
        return watchers.Watch(flag, callback);
    }

    public RolloutProgress? GetRolloutProgress(string flag)
    {
        if (GetFlag(flag) is not { } status)
            return null;
        RolloutStatus? rollout = null;
        if (rollouts().GetStatus(flag) is { EndedAt: null } active)
            rollout = active;
        return new RolloutProgress
        {
            Flag = status.Definition.Name,
            State = status.Definition.State,
            Type = status.Definition.Type,
            CurrentPercentage = status.Definition.Percentage,
            TargetPercentage = rollout?.TargetPercentage ?? 100,
            StartedAt = rollout?.StartedAt,
            EstimatedCompletion = rollout?.EstimatedCompletion,
        };
    }

    private static FlagEdit Edit(
        string flag, string action, FlagChange change, DateTimeOffset now,
        Func<FlagDefinition, FlagRecord, FlagRecord> decide, long? expectedVersion = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(change);
        return new FlagEdit { Flag = flag, Action = action, Change = change, At = now, Decide = decide, ExpectedVersion = expectedVersion };
    }
}
