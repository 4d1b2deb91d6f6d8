using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Runtime;
using FeatureManagement.ActionTracing.Safety;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Looks at every rollout each <c>safetyInterval</c>, begins those that were planned, and starts those that configuration says start by themselves.</summary>
internal sealed partial class RolloutLoop(
    FlagControl control, SnapshotSource source, IFlagCatalogSource configuration, RolloutRunner runner, RolloutMoments moments, TimeProvider time,
    ILogger<RolloutLoop> logger) : BackgroundService
{
    private readonly SemaphoreSlim _lane = new(1, 1); // of a rollout one check at a time

    private readonly Dictionary<string, string> _refused = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Content, string Why)> _said = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One look at everything.</summary>
    public Task TickAsync(CancellationToken cancellationToken) => OneAtATimeAsync(LookAsync, cancellationToken);

    /// <summary>What does not wait for that: percentages that have just come into force are observed, and bad outcomes that may change a verdict are judged.</summary>
    public Task CatchUpAsync(CancellationToken cancellationToken) => OneAtATimeAsync(
        async stopping =>
        {
            foreach (string flag in moments.TakeBegun())
            {
                if (Active(flag) is { } rollout)
                    await GuardedAsync(flag, () => runner.BeginAsync(flag, rollout, stopping)).ConfigureAwait(false);
                else
                    runner.Forget(flag); // it ended before it was noticed
            }
            foreach ((string flag, EarlyCheck check) in moments.TakeDue())
            {
                moments.Checked(flag);
                if (Active(flag) is { } rollout)
                    await GuardedAsync(flag, () => runner.CheckEarlyAsync(flag, rollout, check, stopping)).ConfigureAwait(false);
            }
        },
        cancellationToken);

    public override void Dispose()
    {
        base.Dispose();
        _lane.Dispose();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        // What is stored is not known: nothing may go forward.
        if (!control.IsLoaded)
            return;
        var active = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var looks = new List<Task>();
        foreach ((string name, LaidRecord laid) in control.Records())
        {
            if (laid.Record.Rollout is not { } rollout || source.Configured(name) is not { } configured)
                continue;
            active.Add(name);
            looks.Add(GuardedAsync(name, () => MoveAsync(configured, rollout, cancellationToken)));
        }
        // Beside each other: where a source or the store gives no answer for one, the others are guarded all the same.
        await Task.WhenAll(looks).ConfigureAwait(false);
        foreach (string flag in runner.Watched)
            if (!active.Contains(flag) || control.Record(flag).Record.Rollout is null)
            {
                runner.Forget(flag);
                moments.Forget(flag);
            }
        // Last, for what is on its way already comes first.
        foreach (FlagDefinition flag in configuration.Catalog.Flags.Values)
            if (flag.RolloutConfig is { AutoStart: true })
                await GuardedAsync(flag.Name, () => StartAsync(flag, cancellationToken)).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(configuration.Catalog.Settings.SafetyInterval, time);
        Task<bool>? tick = null;
        Task? moment = null;
        await TryAsync(TickAsync, stoppingToken).ConfigureAwait(false);
        while (!stoppingToken.IsCancellationRequested)
        {
            tick ??= timer.NextAsync(stoppingToken).AsTask();
            moment ??= moments.WaitAsync(stoppingToken);
            await Task.WhenAny(tick, moment).ConfigureAwait(false);
            if (!tick.IsCompleted)
            {
                moment = null;
                await TryAsync(CatchUpAsync, stoppingToken).ConfigureAwait(false);
                continue;
            }
            if (!await tick.ConfigureAwait(false))
                return;
            tick = null;
            await TryAsync(TickAsync, stoppingToken).ConfigureAwait(false);
            timer.Period = configuration.Catalog.Settings.SafetyInterval;
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // An exception that escapes stops the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogTickFailed(exception);
        }
    }

    private async Task OneAtATimeAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await _lane.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _lane.Release();
        }
    }

    /// <summary>The rollout that decides a flag's percentage now, or null.</summary>
    private RolloutRecord? Active(string flag) =>
        control.Record(flag).Record.Rollout is { IsLaid: true } rollout && source.Configured(flag) is { } configured && rollout.Over == ConfiguredAnswer.Of(configured.Definition) ? rollout : null;

    private Task MoveAsync(EffectiveFlag flag, RolloutRecord rollout, CancellationToken cancellationToken)
    {
        string name = flag.Definition.Name;
        DateTimeOffset now = time.GetUtcNow();
        if (rollout.Over != ConfiguredAnswer.Of(flag.Definition))
            return Task.CompletedTask; // it decides nothing any more, and whoever saw the edit ends it
        if (rollout.Phase != RolloutPhase.Planned)
        {
            moments.Checked(name);
            return runner.LookAsync(name, rollout, cancellationToken);
        }
        return rollout.StartedAt > now ? Task.CompletedTask : control.CommitAsync(new FlagEdit
        {
            Flag = name,
            Action = "rollout_started",
            Change = new FlagChange(rollout.Actor, FlagChange.Cut($"planned for {rollout.StartedAt:u}: {rollout.Reason}"), ChangeSource.Rollout),
            At = now,
            Decide = (_, laid) => laid.Rollout is { Phase: RolloutPhase.Planned } planned && planned.Id == rollout.Id ? laid with { Rollout = RolloutChanges.Begin(planned, now), At = now } : laid,
        }, cancellationToken);
    }

    private async Task StartAsync(FlagDefinition flag, CancellationToken cancellationToken)
    {
        FlagRecord record = control.Record(flag.Name).Record;
        if (record.Rollout is not null)
            return;
        string content = RolloutRules.Fingerprint(flag.RolloutConfig)!; // whoever calls has seen it
        if (RolloutRules.HasHad(record.AutoStarted, content) || _refused.GetValueOrDefault(flag.Name) == content)
            return;
        var change = new FlagChange("configuration", "autoStart in rolloutConfig", ChangeSource.Configuration);
        DateTimeOffset now = time.GetUtcNow();
        string id = Guid.NewGuid().ToString("N");
        try
        {
            await control.CommitAsync(new FlagEdit
            {
                Flag = flag.Name,
                Action = flag.RolloutConfig!.StartAt > now ? "rollout_planned" : "rollout_started",
                Change = change,
                At = now,
                Decide = (configured, laid) => laid.Rollout is not null || RolloutRules.HasHad(laid.AutoStarted, RolloutRules.Fingerprint(configured.RolloutConfig)) ? laid
                    : RolloutChanges.Start(configured, laid, id, null, change, now),
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

    private async Task GuardedAsync(string flag, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (FlagChangeException exception)
        {
            LogNotMoved(ForeignText.Escape(flag), exception.Message);
        }
    }

    [LoggerMessage(403, LogLevel.Error, "The rollouts could not be looked at; they stand where they are.", EventName = "TickFailed")]
    private partial void LogTickFailed(Exception exception);

    [LoggerMessage(404, LogLevel.Warning, "The rollout of flag '{Flag}' did not start by itself: {Reason}", EventName = "NotStarted")]
    private partial void LogNotStarted(string flag, string reason);

    [LoggerMessage(405, LogLevel.Warning, "The rollout of flag '{Flag}' stands where it is: {Reason}", EventName = "NotMoved")]
    private partial void LogNotMoved(string flag, string reason);
}
