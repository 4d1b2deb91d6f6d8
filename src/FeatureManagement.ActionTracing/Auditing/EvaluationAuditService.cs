using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>
/// Writes queued evaluations every second, in batches, and removes those that are older than
/// <c>evaluationAuditRetention</c>.
/// </summary>
internal sealed partial class EvaluationAuditService(
    EvaluationQueue queue,
    BoundedStore store,
    IFlagCatalogSource configuration,
    InstanceName instance,
    TimeProvider time,
    ILogger<EvaluationAuditService> logger) : PeriodicService(time)
{
    private static readonly TimeSpan CutInterval = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time;
    private long? _cutAt; // a timestamp, which no change of the wall clock moves

    protected override TimeSpan Period => TimeSpan.FromSeconds(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAsync(WriteAsync, cancellationToken).ConfigureAwait(false);
        if (queue.Writer.Count is > 0 and var lost)
            LogLost(lost);
    }

    protected override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        if (queue.Writer.TakeDropped() is > 0 and var dropped)
            LogDropped(dropped);
        await WriteAsync(stoppingToken).ConfigureAwait(false);
        if (_cutAt is { } before && _time.GetElapsedTime(before) < CutInterval)
            return;
        _cutAt = _time.GetTimestamp();
        await CutAsync(stoppingToken).ConfigureAwait(false);
    }

    protected override void OnFailure(Exception exception, bool isFirst)
    {
        // One line per outage: it is tried again every second.
        if (isFirst)
            LogFailed(exception);
    }

    private Task WriteAsync(CancellationToken cancellationToken) => queue.Writer.FlushAsync(
        (batch, token) =>
        {
            EvaluationAuditEntry[] entries = [.. batch.Select(evaluation => evaluation.Entry(instance.Value))];
            return store.Evaluations.WriteAsync(entries, token);
        },
        cancellationToken);

    private async Task CutAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset before = _time.GetUtcNow() - configuration.Catalog.Settings.EvaluationAuditRetention;
        while (await store.Evaluations.CutAsync(before, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    [LoggerMessage(EventIds.EvaluationAuditFailing, LogLevel.Error,
        "The audit of evaluations fails. Evaluations wait in memory and are written again every second.",
        EventName = "EvaluationAuditFailing")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(EventIds.EvaluationsDropped, LogLevel.Warning,
        "{Dropped} evaluations were not audited: they came faster than they could be written.", EventName = "EvaluationsDropped")]
    private partial void LogDropped(long dropped);

    [LoggerMessage(EventIds.EvaluationsLost, LogLevel.Warning,
        "The host stops; {Lost} evaluations could not be audited and are lost.", EventName = "EvaluationsLost")]
    private partial void LogLost(int lost);
}
