using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage.Units;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>
/// Keeps experiments going: begins and ends them with the flags, writes what is recorded, closes windows and checks the
/// results.
/// </summary>
internal sealed partial class ExperimentService(
    ExperimentRuns runs,
    ExperimentWriter writer,
    ExperimentUnits units,
    ExperimentChecks checks,
    ExperimentQueue queue,
    IFlagCatalogSource configuration,
    TimeProvider time,
    ILogger<ExperimentService> logger) : PeriodicService(time), IHostedLifecycleService
{
    // An outcome may still be on its way from another instance when a window closes.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time = time;
    private readonly BoundedCall _call = new(time, () => configuration.Catalog.Settings.DefaultTimeout);
    private readonly HashSet<string> _due = new(StringComparer.OrdinalIgnoreCase); // ended, and not checked since
    private bool _hasCheckedAll;
    private long? _checkedAt; // a timestamp, which no change of the wall clock moves

    protected override TimeSpan Period => TimeSpan.FromSeconds(1);

    public Task StartingAsync(CancellationToken cancellationToken) =>
        TryAsync(token => _call.RunToEndAsync(runs.SyncAsync, token), cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAsync(token => _call.RunToEndAsync(writer.FlushAsync, token), cancellationToken).ConfigureAwait(false);
    }

    internal async Task TickAsync(CancellationToken cancellationToken)
    {
        if (queue.Writer.TakeDropped() is > 0 and var dropped)
            LogDropped(dropped);
        await runs.SyncAsync(cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = _time.GetUtcNow();
        IReadOnlyList<ExperimentRun> running = runs.Running;
        foreach (ExperimentRun run in running.Where(run => run.Metrics.Any(metric => metric.Window is not null)))
            while (await units.CloseAsync(run, now - Grace, cancellationToken).ConfigureAwait(false))
            {
            }
        foreach (string flag in runs.TakeEnded())
            _due.Add(flag);
        if (_checkedAt is { } before && _time.GetElapsedTime(before) < CheckInterval)
            return;
        _checkedAt = _time.GetTimestamp();
        await CheckAsync(running, cancellationToken).ConfigureAwait(false);
    }

    private async Task CheckAsync(IReadOnlyList<ExperimentRun> running, CancellationToken cancellationToken)
    {
        foreach (ExperimentRun run in running)
            await checks.CheckAsync(run.Flag, cancellationToken).ConfigureAwait(false);
        // Once more after the end, with what was written last.
        foreach (string flag in _due.ToArray())
        {
            await checks.CheckAsync(flag, cancellationToken).ConfigureAwait(false);
            _due.Remove(flag);
        }
        if (_hasCheckedAll)
            return;
        await checks.CheckAllAsync(cancellationToken).ConfigureAwait(false);
        _hasCheckedAll = true;
    }

    protected override Task RunOnceAsync(CancellationToken stoppingToken) => _call.RunToEndAsync(TickAsync, stoppingToken);

    protected override void OnFailure(Exception exception, bool isFirst)
    {
        // One line per outage: it is tried again every second. The store reports its own failures.
        if (isFirst && exception is not (FlagChangeException or StoreException))
            LogFailed(exception);
    }

    [LoggerMessage(EventIds.ExperimentsFailing, LogLevel.Error,
        "Experiments could not be written. Exposures and outcomes wait in memory and are written again every second.",
        EventName = "ExperimentsFailing")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(EventIds.ExperimentEventsDropped, LogLevel.Warning,
        "{Dropped} exposures and outcomes of experiments were lost: they came faster than they could be written.",
        EventName = "ExperimentEventsDropped")]
    private partial void LogDropped(long dropped);
}
