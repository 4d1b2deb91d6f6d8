using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>
/// Removes audit entries older than <c>auditRetention</c>, once an hour, and logs the head of the chain. A log that is
/// kept elsewhere proves later that the audit was not exchanged.
/// </summary>
internal sealed partial class AuditUpkeep(
    BoundedStore store, IFlagCatalogSource configuration, TimeProvider time, ILogger<AuditUpkeep> logger)
    : PeriodicService(time)
{
    private readonly TimeProvider _time = time;

    protected override TimeSpan Period => TimeSpan.FromHours(1);

    protected override bool RunsAtStart => true;

    protected override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        await TryAsync(CutAsync, stoppingToken).ConfigureAwait(false);
        // Also where old entries could not be removed.
        await TryAsync(LogHeadAsync, stoppingToken).ConfigureAwait(false);
    }

    protected override void OnFailure(Exception exception, bool isFirst)
    {
        // The store reports its own failures.
        if (exception is not (FlagChangeException or StoreException))
            LogFailed(exception);
    }

    private async Task CutAsync(CancellationToken cancellationToken)
    {
        if (configuration.Catalog.Settings.AuditRetention is not { } retention)
            return;
        DateTimeOffset before = _time.GetUtcNow() - retention;
        // In parts, so that changes come between. The last call removes nothing.
        for (long anchor = -1; ;)
        {
            AuditBounds bounds = await store.State.CutAuditAsync(before, cancellationToken).ConfigureAwait(false);
            if (bounds.Anchor.Number == anchor)
                return;
            anchor = bounds.Anchor.Number;
        }
    }

    private async Task LogHeadAsync(CancellationToken cancellationToken)
    {
        AuditBounds bounds = await store.State.ReadAuditBoundsAsync(cancellationToken).ConfigureAwait(false);
        if (bounds.Head.Number > 0)
            LogHead(bounds.Anchor.Number + 1, bounds.Head.Number, bounds.Head.Hash);
    }

    [LoggerMessage(EventIds.AuditHead, LogLevel.Information,
        "The audit begins with entry {First}; the last is {Number} with hash {Hash}.", EventName = "AuditHead")]
    private partial void LogHead(long first, long number, string hash);

    [LoggerMessage(EventIds.AuditUpkeepFailed, LogLevel.Error,
        "The upkeep of the audit failed. It runs again in an hour.", EventName = "AuditUpkeepFailed")]
    private partial void LogFailed(Exception exception);
}
