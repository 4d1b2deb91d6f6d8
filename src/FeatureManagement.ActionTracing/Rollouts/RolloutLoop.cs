using System.Collections.Concurrent;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>
/// Checks every rollout once per <c>safetyInterval</c>. Begins planned rollouts when their time comes, and starts
/// those with <c>autoStart</c>.
/// </summary>
internal sealed partial class RolloutLoop(
    FlagControl control, SnapshotSource source, IFlagCatalogSource configuration, RolloutRunner runner, DueChecks due, TimeProvider time,
    ILogger<RolloutLoop> logger) : PeriodicService(time)
{
    private readonly TimeProvider _time = time;

    // Never disposed: without a wait handle they hold nothing, and a host that is disposed without a stop still runs a check.
    private readonly SemaphoreSlim _tick = new(1, 1);
    // Of a rollout one check at a time.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _lanes = new(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, string> _refused = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Content, string Why)> _said = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One check of everything.</summary>
    public Task TickAsync(CancellationToken cancellationToken) =>
        OneAtATimeAsync(_tick, () => CheckAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// What does not wait for that: percentages that have just come into force are observed, and bad outcomes that may
    /// change a verdict are judged. What is to be done is taken before it returns; of a flag it waits for the check
    /// that is on its way, and for no other flag.
    /// </summary>
    public Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var flags = new List<Task>();
        foreach (string flag in due.TakeBegun())
            flags.Add(GuardedAsync(flag, () => BeginAsync(flag, cancellationToken), cancellationToken));
        foreach ((string flag, EarlyCheck check) in due.TakeDue())
        {
            due.Checked(flag);
            flags.Add(GuardedAsync(flag, () => Active(flag) is { } rollout
                ? runner.CheckEarlyAsync(flag, rollout, check, cancellationToken)
                : Task.CompletedTask, cancellationToken));
        }
        return Task.WhenAll(flags);
    }

    private Task BeginAsync(string flag, CancellationToken cancellationToken)
    {
        if (Active(flag) is { } rollout)
            return runner.BeginAsync(flag, rollout, cancellationToken);
        runner.Forget(flag); // it ended before it was noticed
        return Task.CompletedTask;
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        // What is stored is not known: nothing may go forward.
        if (!control.IsLoaded)
            return;
        var checks = new List<Task>();
        foreach ((string name, VersionedRecord applied) in control.Records())
        {
            if (applied.Record.Rollout is not null)
                checks.Add(GuardedAsync(name, () => MoveAsync(name, cancellationToken), cancellationToken));
        }
        // Beside each other: where a source or the store gives no answer for one, the others are guarded still.
        await Task.WhenAll(checks).ConfigureAwait(false);
        foreach (string flag in runner.Monitored)
            await GuardedAsync(flag, () => ForgetEnded(flag), cancellationToken).ConfigureAwait(false);
        // Last, for what is on its way already comes first.
        foreach (FlagDefinition flag in configuration.Catalog.Flags.Values)
            if (flag.RolloutConfig is { AutoStart: true })
                await GuardedAsync(flag.Name, () => StartAsync(flag, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    protected override TimeSpan Period => configuration.Catalog.Settings.SafetyInterval;

    protected override bool RunsAtStart => true;

    protected override Task RunOnceAsync(CancellationToken stoppingToken) => TickAsync(stoppingToken);

    protected override void OnFailure(Exception exception, bool isFirst) => LogTickFailed(exception);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(base.ExecuteAsync(stoppingToken), CatchUpOnAsync(stoppingToken));

    private async Task CatchUpOnAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        while (true)
        {
            await TryAsync(due.WaitAsync, stoppingToken).ConfigureAwait(false);
            if (stoppingToken.IsCancellationRequested)
                break;
            running.RemoveAll(static task => task.IsCompleted);
            // Not awaited: where the store gives no answer for one flag, the others go on.
            running.Add(TryAsync(CatchUpAsync, stoppingToken));
        }
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static async Task OneAtATimeAsync(SemaphoreSlim lane, Func<Task> work, CancellationToken cancellationToken)
    {
        await lane.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            lane.Release();
        }
    }

    private Task ForgetEnded(string flag)
    {
        if (control.Record(flag).Record.Rollout is not null && source.Configured(flag) is not null)
            return Task.CompletedTask;
        runner.Forget(flag);
        due.Forget(flag);
        return Task.CompletedTask;
    }

    /// <summary>The rollout that decides a flag's percentage now, or null.</summary>
    private RolloutRecord? Active(string flag)
    {
        if (control.Record(flag).Record.Rollout is { IsApplied: true } rollout
            && source.Configured(flag) is { } configured
            && rollout.Baseline == Baseline.Of(configured.Definition))
            return rollout;
        return null;
    }

    private Task MoveAsync(string flag, CancellationToken cancellationToken)
    {
        // As they are now: an early check may have come before it.
        if (control.Record(flag).Record.Rollout is not { } rollout || source.Configured(flag) is not { } configured)
            return Task.CompletedTask;
        string name = configured.Definition.Name;
        DateTimeOffset now = _time.GetUtcNow();
        if (rollout.Baseline != Baseline.Of(configured.Definition))
            return Task.CompletedTask; // it decides nothing any more, and the instance that saw the edit ends it
        if (rollout.Phase != RolloutPhase.Planned)
        {
            due.Checked(name);
            return runner.CheckAsync(name, rollout, cancellationToken);
        }
        if (rollout.StartedAt > now)
            return Task.CompletedTask;
        return control.CommitAsync(new FlagEdit
        {
            Flag = name,
            Action = AuditActions.RolloutStarted,
            Change = new FlagChange(
                rollout.Actor, FlagChange.Cut($"planned for {rollout.StartedAt:u}: {rollout.Reason}"),
                ChangeSource.Rollout),
            At = now,
            Decide = (_, applied) => applied.Rollout is { Phase: RolloutPhase.Planned } planned && planned.Id == rollout.Id
                ? applied with { Rollout = RolloutChanges.Begin(planned, now), At = now }
                : applied,
        }, cancellationToken);
    }

    private async Task StartAsync(FlagDefinition flag, CancellationToken cancellationToken)
    {
        FlagRecord record = control.Record(flag.Name).Record;
        if (record.Rollout is not null)
            return;
        string content = PlanFingerprint.Of(flag.RolloutConfig)!; // the caller has checked it
        if (PlanFingerprint.HasHad(record.AutoStarted, content) || _refused.GetValueOrDefault(flag.Name) == content)
            return;
        var change = new FlagChange("configuration", "autoStart in rolloutConfig", ChangeSource.Configuration);
        DateTimeOffset now = _time.GetUtcNow();
        string id = Guid.NewGuid().ToString("N");
        try
        {
            await control.CommitAsync(new FlagEdit
            {
                Flag = flag.Name,
                Action = flag.RolloutConfig!.StartAt > now ? AuditActions.RolloutPlanned : AuditActions.RolloutStarted,
                Change = change,
                At = now,
                Decide = (configured, applied) => applied.Rollout is not null
                    || PlanFingerprint.HasHad(applied.AutoStarted, PlanFingerprint.Of(configured.RolloutConfig)) ? applied
                    : RolloutChanges.Start(configured, applied, id, null, change, now),
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (FlagChangeException refusal) when (refusal.Error is FlagChangeError.Conflict or FlagChangeError.Invalid)
        {
            // Only a flag in emergency is tried again, for when that has ended.
            if (record.Emergency is null && flag.State != FlagState.EmergencyOff)
                _refused[flag.Name] = content;
            if (_said.GetValueOrDefault(flag.Name) == (content, refusal.Message))
                return;
            _said[flag.Name] = (content, refusal.Message);
            LogNotStarted(ForeignText.Escape(flag.Name), refusal.Message);
        }
    }

    private async Task GuardedAsync(string flag, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await OneAtATimeAsync(_lanes.GetOrAdd(flag, static _ => new SemaphoreSlim(1, 1)), action, cancellationToken).ConfigureAwait(
                false);
        }
        catch (FlagChangeException exception)
        {
            LogNotMoved(ForeignText.Escape(flag), exception.Message);
        }
    }

    [LoggerMessage(
        EventIds.TickFailed, LogLevel.Error, "Safety checks of all rollouts failed; every rollout is on hold.",
        EventName = "TickFailed")]
    private partial void LogTickFailed(Exception exception);

    [LoggerMessage(
        EventIds.NotStarted, LogLevel.Warning, "The rollout of flag '{Flag}' did not start by itself: {Reason}",
        EventName = "NotStarted")]
    private partial void LogNotStarted(string flag, string reason);

    [LoggerMessage(
        EventIds.NotMoved, LogLevel.Warning, "Rollout of flag '{Flag}' is on hold: {Reason}",
        EventName = "NotMoved")]
    private partial void LogNotMoved(string flag, string reason);
}
