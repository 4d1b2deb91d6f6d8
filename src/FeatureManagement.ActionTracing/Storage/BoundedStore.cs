using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// The store as the rest of the library calls it: every call is bounded by <c>defaultTimeout</c> and made off the caller's thread, and a failure is
/// counted, reported and turned into a <see cref="FlagChangeException"/>. Thread-safe.
/// </summary>
internal sealed partial class BoundedStore(IActionTracingStore store, IFlagCatalogSource configuration, TimeProvider time, StoreMetrics metrics, ILogger<BoundedStore> logger)
    : IActionTracingStoreStatus
{
    private readonly Lock _gate = new();
    private volatile StoreReport _report = new() { IsDurable = store.IsDurable };

    public StoreReport Current => _report;

    /// <exception cref="FlagChangeException">The store failed, or took too long; whether a commit was written is then not known.</exception>
    public async Task<T> CallAsync<T>(Func<IActionTracingStore, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        TimeSpan timeout = configuration.Catalog.Settings.DefaultTimeout;
        // A store that looks at its token has time left to say what it waited for.
        using var timer = new CancellationTokenSource(timeout * 0.7, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        CancellationToken token = bound.Token;
        try
        {
            // A store may block, and may ignore the token.
            T result = await Task.Run(() => call(store, token), token).WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            Succeeded();
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a store throws is a failure of the store.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            string error = exception is OperationCanceledException or TimeoutException { InnerException: null } ? $"it gave no answer within {timeout}" : exception.Message.TrimEnd('.');
            Failed(error, exception);
            throw new FlagChangeException(FlagChangeError.StoreUnavailable, $"The store failed: {error}.", exception);
        }
    }

    public void Update(Func<StoreReport, StoreReport> update)
    {
        lock (_gate)
            _report = update(_report);
    }

    private void Succeeded()
    {
        if (_report.Error is null)
            return;
        Update(report => report with { Error = null, FailingSince = null });
        LogMended();
    }

    private void Failed(string error, Exception exception)
    {
        metrics.Failed();
        StoreReport before = _report;
        Update(report => report with { Error = $"The store failed: {error}.", FailingSince = report.FailingSince ?? time.GetUtcNow() });
        // One line per outage and cause: it is called again and again.
        if (before.Error != _report.Error)
            LogFailed(error, exception);
    }

    [LoggerMessage(230, LogLevel.Error, "The store failed: {Error}. What is known here stays in force; writing is retried.", EventName = "StoreFailed")]
    private partial void LogFailed(string error, Exception exception);

    [LoggerMessage(231, LogLevel.Information, "The store works again.", EventName = "StoreMended")]
    private partial void LogMended();
}
