using System.Collections.Concurrent;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>
/// Checks every rollout once per <c>safetyInterval</c>, and earlier where that cannot wait. Starts rollouts with
/// <c>autoStart</c>. Of a flag, one thing at a time; of different flags, in parallel.
/// </summary>
internal sealed partial class RolloutLoop(
    StoreRefresher refresher, SnapshotSource source, IFlagCatalogSource configuration, RolloutMonitor monitor, AutoStart autoStart,
    DueChecks due, TimeProvider time,
    ILogger<RolloutLoop> logger) : PeriodicService(time)
{
    // Never disposed: without a wait handle they hold nothing, and a host that is disposed without a stop still runs a check.
    private readonly SemaphoreSlim _tick = new(1, 1);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _lanes = new(StringComparer.OrdinalIgnoreCase);

    protected override TimeSpan Period => configuration.Catalog.Settings.SafetyInterval;

    protected override bool RunsAtStart => true;

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
            flags.Add(RunAsync(flag, () => monitor.BeginAsync(flag, cancellationToken), cancellationToken));
        foreach ((string flag, EarlyCheck check) in due.TakeDue())
        {
            due.Checked(flag);
            flags.Add(RunAsync(flag, () => monitor.CheckEarlyAsync(flag, check, cancellationToken), cancellationToken));
        }
        return Task.WhenAll(flags);
    }

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

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        // What is stored is not known: nothing may go forward.
        if (!refresher.IsLoaded)
            return;
        var checks = new List<Task>();
        foreach ((string flag, VersionedRecord applied) in source.Layers())
            if (applied.Record.Rollout is not null)
                checks.Add(RunAsync(flag, () => monitor.CheckAsync(flag, cancellationToken), cancellationToken));
        // Beside each other: where a source or the store gives no answer for one, the others are guarded still.
        await Task.WhenAll(checks).ConfigureAwait(false);
        foreach (string flag in monitor.Flags)
            await RunAsync(flag, () => monitor.ForgetEnded(flag), cancellationToken).ConfigureAwait(false);
        // Last: rollouts in progress come first.
        foreach (FlagDefinition flag in configuration.Catalog.Flags.Values)
            if (flag.RolloutConfig is { AutoStart: true })
                await RunAsync(flag.Name, () => autoStart.StartAsync(flag, cancellationToken), cancellationToken).ConfigureAwait(false);
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

    private async Task RunAsync(string flag, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            SemaphoreSlim lane = _lanes.GetOrAdd(flag, static _ => new SemaphoreSlim(1, 1));
            await OneAtATimeAsync(lane, work, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FlagChangeException or StoreException)
        {
            LogNotMoved(ForeignText.Escape(flag), exception.Message);
        }
    }

    [LoggerMessage(
        EventIds.TickFailed, LogLevel.Error, "Safety checks failed; rollouts are on hold.",
        EventName = "TickFailed")]
    private partial void LogTickFailed(Exception exception);

    [LoggerMessage(
        EventIds.NotMoved, LogLevel.Warning, "Rollout of flag '{Flag}' is on hold: {Reason}", EventName = "NotMoved")]
    private partial void LogNotMoved(string flag, string reason);
}
