using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>Loads the stored state before traffic, then reads what others changed and writes what is pending, every <c>storePollInterval</c>.</summary>
internal sealed partial class StoreSync(FlagControl control, IActionTracingStoreStatus status, IFlagCatalogSource configuration, TimeProvider time, ILogger<StoreSync> logger)
    : BackgroundService, IHostedLifecycleService
{
    // However rarely changes by others are asked for, a kill that could not be written is tried again as often.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!status.Current.IsDurable)
            LogNotDurable();
        await TryAsync(control.SyncAsync, cancellationToken).ConfigureAwait(false);
        if (!control.IsLoaded)
            LogNotLoaded(status.Current.Error ?? "");
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAsync(_ => control.LeaveAsync(), CancellationToken.None).ConfigureAwait(false);
        if (status.Current is { Pending: > 0 } or { PendingEntries: > 0 })
            LogLost(status.Current.Pending, status.Current.PendingEntries);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick(), time);
        long last = time.GetTimestamp();
        while (await timer.NextAsync(stoppingToken).ConfigureAwait(false))
        {
            timer.Period = Tick();
            // What waits to be written does not wait for the next poll, and a poll does not wait for a timer that is a little early.
            if (status.Current is { Pending: 0, PendingEntries: 0, Error: null } && time.GetElapsedTime(last) < configuration.Catalog.Settings.StorePollInterval - (timer.Period / 2))
                continue;
            last = time.GetTimestamp();
            await TryAsync(control.SyncAsync, stoppingToken).ConfigureAwait(false);
        }

        TimeSpan Tick() => configuration.Catalog.Settings.StorePollInterval is var poll && poll < Longest ? poll : Longest;
    }

    private async Task TryAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (FlagChangeException)
        {
            // The store has reported it.
        }
#pragma warning disable CA1031 // An exception that escapes stops the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogSyncFailed(exception);
        }
    }

    [LoggerMessage(206, LogLevel.Warning, "Changes of flags at run time are kept in memory and will not outlive this process. Add a durable store, for example UseSqlite.", EventName = "NotDurable")]
    private partial void LogNotDurable();

    [LoggerMessage(207, LogLevel.Critical, "The stored state could not be read, so stored emergencies are not known yet: flags are what configuration says, and rollouts are held until the store answers. {Error}", EventName = "NotLoaded")]
    private partial void LogNotLoaded(string error);

    [LoggerMessage(208, LogLevel.Error, "The state could not be brought in line with the store; it is tried again.", EventName = "SyncFailed")]
    private partial void LogSyncFailed(Exception exception);

    [LoggerMessage(209, LogLevel.Critical, "The process ends, and what could not be stored is lost: {Pending} changes that were in force, and {Entries} audit entries of configuration.", EventName = "ChangesLost")]
    private partial void LogLost(int pending, int entries);
}
