using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>The effects of safety checks: changes of the flag, log messages and metrics. Thread-safe.</summary>
internal sealed partial class RolloutEffects(
    FlagCommitter committer, FlagApplier applier, SnapshotSource source, RolloutMetrics metrics, TimeProvider time,
    ILogger<RolloutEffects> logger)
{
    /// <summary>Does what was decided. Returns the rollout where it has another step now, else null.</summary>
    public async Task<RolloutRecord?> DoAsync(
        string flag, RolloutRecord record, RolloutDecision decision, CancellationToken cancellationToken)
    {
        if (decision.Kind == RolloutDecisionKind.RollBack)
            await RollBackAsync(flag, record, decision.Ledger, decision.Reason, cancellationToken).ConfigureAwait(false);
        else if (RolloutEdits.Of(flag, record, decision, time.GetUtcNow()) is { } edit)
            await committer.CommitAsync(edit, cancellationToken).ConfigureAwait(false);
        if (source.Layer(flag).Record.Rollout is { } now && now.Id == record.Id && now.Step != record.Step)
            return now;
        return null;
    }

    /// <summary>Rolls back: in force first, then stored.</summary>
    public async Task RollBackAsync(
        string flag, RolloutRecord record, RolloutLedger ledger, string reason, CancellationToken cancellationToken)
    {
        FlagEdit edit = RolloutEdits.RollBack(flag, record.Id, ledger, reason, time.GetUtcNow());
        AppliedChange applied = await applier.ApplyAsync(edit, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(applied.Before, applied.After))
            return;
        LogRolledBack(ForeignText.Escape(flag), record.Percentage, edit.Change.Reason);
        metrics.RolledBack(flag);
    }

    /// <summary>Logs what is new in a check.</summary>
    public void Report(string flag, RolloutRun before, RolloutVerdict verdict, string guards)
    {
        if (verdict.Kind != VerdictKind.Healthy && before.Last?.Verdict.Kind != verdict.Kind)
            ReportOnHold(ForeignText.Escape(flag), verdict);
        Report(flag, before, guards);
    }

    public void Report(string flag, RolloutRun before, string guards)
    {
        if (before.Guards != guards)
            LogGuards(ForeignText.Escape(flag), guards);
    }

    public void Report(string flag, Exception exception) => LogFailed(ForeignText.Escape(flag), exception);

    // Every rollout begins with too few samples.
    private void ReportOnHold(string flag, RolloutVerdict verdict)
    {
        LogLevel level = LogLevel.Warning;
        if (verdict.Kind == VerdictKind.TooFewSamples)
            level = LogLevel.Information;
        LogOnHold(level, flag, verdict.Reason);
    }

    [LoggerMessage(EventIds.RolledBack, LogLevel.Error,
        "Rollout of flag '{Flag}' rolled back at {Percentage} %: {Reason}.", EventName = "RolledBack")]
    private partial void LogRolledBack(string flag, decimal percentage, string reason);

    [LoggerMessage(EventId = EventIds.OnHold, Message = "Rollout of flag '{Flag}' is on hold. {Reason}", EventName = "OnHold")]
    private partial void LogOnHold(LogLevel level, string flag, string reason);

    [LoggerMessage(EventIds.RolloutGuards, LogLevel.Information, "Rollout of flag '{Flag}': {Guards}", EventName = "RolloutGuards")]
    private partial void LogGuards(string flag, string guards);

    [LoggerMessage(EventIds.CheckFailed, LogLevel.Error,
        "Safety check of flag '{Flag}' failed; the rollout is on hold.", EventName = "CheckFailed")]
    private partial void LogFailed(string flag, Exception exception);
}
