using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.Diagnostics.Background;

/// <summary>A background service that does its work once a period until the host stops. A failure of the work does not end it.</summary>
internal abstract class PeriodicService(TimeProvider time) : BackgroundService
{
    private volatile bool _isFailing;
    private volatile bool _isDisposed;

    /// <summary>The time between two runs of the work. It is read again after each run.</summary>
    protected abstract TimeSpan Period { get; }

    /// <summary>Whether the first run is at the start, and not one period later.</summary>
    protected virtual bool RunsAtStart => false;

    public override void Dispose()
    {
        _isDisposed = true;
        base.Dispose();
    }

    /// <summary>Does the work once.</summary>
    protected abstract Task RunOnceAsync(CancellationToken stoppingToken);

    /// <summary>Logs a failure of the work.</summary>
    /// <param name="exception">What the work threw.</param>
    /// <param name="isFirst">Whether the run before succeeded.</param>
    protected abstract void OnFailure(Exception exception, bool isFirst);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        if (RunsAtStart)
            await TryAsync(RunOnceAsync, stoppingToken).ConfigureAwait(false);
        while (await NextAsync(timer, stoppingToken).ConfigureAwait(false))
        {
            await TryAsync(RunOnceAsync, stoppingToken).ConfigureAwait(false);
            TimeSpan period = Period;
            if (timer.Period != period)
                timer.Period = period;
        }
    }

    /// <summary>
    /// Runs work of this service. The only place that catches its failures: an exception that escapes would stop the
    /// host.
    /// </summary>
    protected Task TryAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken) => SafeCall.RunAsync(
        async () =>
        {
            await work(stoppingToken).ConfigureAwait(false);
            _isFailing = false;
        },
        exception => HandleFailure(exception, stoppingToken));

    private void HandleFailure(Exception exception, CancellationToken stoppingToken)
    {
        // After the disposal, the container has ended, and with it what the work uses.
        if (_isDisposed || !SafeCall.IsFailure(exception, stoppingToken))
            return;
        OnFailure(exception, !_isFailing);
        _isFailing = true;
    }

    // Without an exception at the stop: a host whose start fails blames each service that throws one.
    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
