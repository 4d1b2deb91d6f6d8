using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage.Evaluations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>Writes queued evaluations every second, in batches, and removes those that are older than <c>evaluationAuditRetention</c>. A batch that could not be written is kept and tried again.</summary>
internal sealed partial class EvaluationAuditService(
    EvaluationQueue queue, IEvaluationStore store, IFlagCatalogSource configuration, InstanceName node, TimeProvider time, ILogger<EvaluationAuditService> logger) : BackgroundService
{
    // Small, for a kill may wait for the transaction that writes it.
    private const int MaxBatch = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CutInterval = TimeSpan.FromMinutes(1);

    private List<EvaluationAuditEntry>? _pending;
    private DateTimeOffset _cut;
    private long _reported;
    private bool _failing;
    private volatile bool _disposed;

    public override void Dispose()
    {
        _disposed = true;
        base.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAsync(WriteAsync, cancellationToken).ConfigureAwait(false);
        int lost = queue.Count + (_pending?.Count ?? 0);
        if (lost > 0)
            LogNotWritten(lost);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.NextAsync(stoppingToken).ConfigureAwait(false))
            await TryAsync(TickAsync, stoppingToken).ConfigureAwait(false);
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        if (queue.Dropped > _reported)
        {
            LogDropped(queue.Dropped - _reported);
            _reported = queue.Dropped;
        }
        await WriteAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        if (now - _cut < CutInterval)
            return;
        _cut = now;
        DateTimeOffset before = now - configuration.Catalog.Settings.EvaluationAuditRetention;
        for (bool more = true; more;)
            await CallAsync(async token => more = await store.CutAsync(before, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    // Everything that was queued before the call.
    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        for (int left = queue.Count; left > 0 || _pending is not null;)
        {
            if (_pending is null)
            {
                var batch = new List<EvaluationAuditEntry>(Math.Min(left, MaxBatch));
                while (batch.Count < MaxBatch && queue.TryTake(out EvaluationQueue.Seen seen))
                    batch.Add(seen.Entry(node.Value));
                if (batch.Count == 0)
                    return;
                left -= batch.Count;
                _pending = batch;
            }
            List<EvaluationAuditEntry> pending = _pending;
            await CallAsync(token => store.WriteAsync(pending, token), cancellationToken).ConfigureAwait(false);
            _pending = null;
        }
    }

    // A store may block. It is waited for, so that nothing is written twice; what comes meanwhile is dropped and counted.
    private async Task CallAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(configuration.Catalog.Settings.DefaultTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        await Task.Run(() => call(bound.Token), cancellationToken).ConfigureAwait(false);
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
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
            if (!_failing)
                LogFailed(exception);
            _failing = true;
        }
    }

    [LoggerMessage(EventIds.EvaluationAuditFailing, LogLevel.Error, "The audit of evaluations fails; what could not be written waits in memory and is tried again.", EventName = "EvaluationAuditFailing")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(EventIds.EvaluationsDropped, LogLevel.Warning, "{Dropped} evaluations were not audited because they came faster than they could be written.", EventName = "EvaluationsDropped")]
    private partial void LogDropped(long dropped);

    [LoggerMessage(EventIds.EvaluationsLost, LogLevel.Warning, "The process ends with {Lost} evaluations that could not be audited.", EventName = "EvaluationsLost")]
    private partial void LogNotWritten(int lost);
}
