using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>Removes what is older than <c>auditRetention</c>, once an hour, and logs the head of the chain: who keeps the log can prove later that the audit was not exchanged.</summary>
internal sealed partial class AuditUpkeep(BoundedStore store, IFlagCatalogSource configuration, TimeProvider time, ILogger<AuditUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await TryAsync(CutAsync, stoppingToken).ConfigureAwait(false);
            // Also where old entries could not be removed.
            await TryAsync(ReportHeadAsync, stoppingToken).ConfigureAwait(false);
        }
        while (await timer.NextAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task CutAsync(CancellationToken cancellationToken)
    {
        if (configuration.Catalog.Settings.AuditRetention is not { } retention)
            return;
        DateTimeOffset before = time.GetUtcNow() - retention;
        // Part by part, so that changes come between: the last call removes nothing.
        for (long anchor = -1; ;)
        {
            AuditBounds bounds = await store.WriteAsync((inner, bound) => inner.CutAuditAsync(before, bound), cancellationToken).ConfigureAwait(false);
            if (bounds.Anchor.Number == anchor)
                return;
            anchor = bounds.Anchor.Number;
        }
    }

    private async Task ReportHeadAsync(CancellationToken cancellationToken)
    {
        AuditBounds bounds = await store.ReadAuditAsync((inner, bound) => inner.ReadAuditBoundsAsync(bound), cancellationToken).ConfigureAwait(false);
        if (bounds.Head.Number > 0)
            LogHead(bounds.Anchor.Number + 1, bounds.Head.Number, bounds.Head.Hash);
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
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
            LogFailed(exception);
        }
    }

    [LoggerMessage(EventIds.AuditHead, LogLevel.Information, "The audit begins with entry {First}; the last is {Number} with hash {Hash}.", EventName = "AuditHead")]
    private partial void LogHead(long first, long number, string hash);

    [LoggerMessage(EventIds.AuditUpkeepFailed, LogLevel.Error, "The upkeep of the audit failed; it is tried again in an hour.", EventName = "AuditUpkeepFailed")]
    private partial void LogFailed(Exception exception);
}
