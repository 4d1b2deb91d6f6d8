using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage.Units;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Keeps experiments going: begins and ends them with the flags, writes what is recorded, closes windows and looks at the results.</summary>
internal sealed partial class ExperimentService(
    ExperimentRuns runs, ExperimentWriter writer, IExperimentStore store, ExperimentResults results, ExperimentQueue queue, IFlagCatalogSource configuration, TimeProvider time,
    ILogger<ExperimentService> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // An outcome may still be on its way from another process when a window closes.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private DateTimeOffset _looked;
    private long _reported;
    private bool _failing;
    private volatile bool _disposed;

    public async Task StartingAsync(CancellationToken cancellationToken) => await TryAsync(runs.SyncAsync, cancellationToken).ConfigureAwait(false);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        _disposed = true;
        base.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAsync(writer.FlushAsync, cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.NextAsync(stoppingToken).ConfigureAwait(false))
            await TryAsync(TickAsync, stoppingToken).ConfigureAwait(false);
    }

    internal async Task TickAsync(CancellationToken cancellationToken)
    {
        if (queue.Dropped > _reported)
        {
            LogDropped(queue.Dropped - _reported);
            _reported = queue.Dropped;
        }
        await runs.SyncAsync(cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<ExperimentRun> running = runs.Running;
        foreach (ExperimentRun run in running.Where(run => run.Metrics.Any(metric => metric.Window is not null)))
            while (await store.CloseAsync(run, now - Grace, cancellationToken).ConfigureAwait(false))
            {
            }
        if (now - _looked < ExperimentAnalysis.Interval)
            return;
        _looked = now;
        foreach (ExperimentRun run in running)
            await results.GetAsync(run.Flag, cancellationToken).ConfigureAwait(false);
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(configuration.Catalog.Settings.DefaultTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            // A store may block.
            await Task.Run(() => work(bound.Token), bound.Token).ConfigureAwait(false);
            _failing = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception) when (_disposed)
        {
            // The store has ended before the call.
        }
#pragma warning disable CA1031 // An exception that escapes stops the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // One line per outage: it is tried again every second.
            if (!_failing && exception is not FlagChangeException)
                LogFailed(exception);
            _failing = true;
        }
    }

    [LoggerMessage(EventIds.ExperimentsFailing, LogLevel.Error, "Experiments could not be written; what is recorded waits in memory and is tried again.", EventName = "ExperimentsFailing")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(EventIds.ExperimentEventsDropped, LogLevel.Warning, "{Dropped} exposures and outcomes of experiments were lost because they came faster than they could be written.", EventName = "ExperimentEventsDropped")]
    private partial void LogDropped(long dropped);
}
