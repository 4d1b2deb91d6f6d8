using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// The store as the rest of the library calls it: every call is bounded by <c>defaultTimeout</c> and made off the caller's thread, and a failure is
/// counted, reported and turned into a <see cref="FlagChangeException"/>. Thread-safe.
/// </summary>
internal sealed partial class BoundedStore(IActionTracingStore store, IFlagCatalogSource configuration, TimeProvider time, StoreMetrics metrics, ILogger<BoundedStore> logger)
    : IActionTracingStoreStatus, IDisposable
{
    private readonly Lock _gate = new();
    private string? _readFault; // apart from each other: a full disk can still be read
    private string? _writeFault;
    // A store that looks at its token has time left to say what it waited for.
    private readonly BoundedCall _call = new(time, () => configuration.Catalog.Settings.DefaultTimeout, cancelsAt: 0.7);
    private volatile bool _disposed;
    private volatile StoreReport _report = new() { IsDurable = store.IsDurable };

    public StoreReport Current => _report is { PendingSince: { } since } report && time.GetUtcNow() - since > configuration.Catalog.Settings.DefaultTimeout
        ? report with { IsOverdue = true }
        : _report;

    /// <summary>A call that reads.</summary>
    /// <exception cref="FlagChangeException">The store failed, or took too long.</exception>
    public Task<T> ReadAsync<T>(Func<IActionTracingStore, CancellationToken, Task<T>> call, CancellationToken cancellationToken) => CallAsync(call, Kind.Read, cancellationToken);

    /// <summary>A call that reads on the caller's thread, which it may block for as long as the store does.</summary>
    /// <exception cref="FlagChangeException">The store failed, or took too long.</exception>
    public Task<T> ReadHereAsync<T>(Func<IActionTracingStore, CancellationToken, Task<T>> call, CancellationToken cancellationToken) => CallAsync(call, Kind.ReadHere, cancellationToken);

    /// <summary>A call that reads the audit. That it takes long, or waits for others that read it, is no failure of the store.</summary>
    /// <exception cref="StoreException">The store failed, or took too long.</exception>
    public Task<T> ReadAuditAsync<T>(Func<IActionTracingStore, CancellationToken, Task<T>> call, CancellationToken cancellationToken) => CallAsync(call, Kind.Audit, cancellationToken);

    /// <summary>A call that writes.</summary>
    /// <exception cref="FlagChangeException">The store failed, or took too long; whether anything was written is then not known.</exception>
    public Task<T> WriteAsync<T>(Func<IActionTracingStore, CancellationToken, Task<T>> call, CancellationToken cancellationToken) => CallAsync(call, Kind.Write, cancellationToken);

    /// <summary>Where writing failed and nothing waits to be written, only an attempt tells whether it works again.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        _writeFault is null ? Task.CompletedTask : WriteAsync((inner, bound) => inner.CommitAsync(new StoreCommit([], []), bound), cancellationToken);

    private async Task<T> CallAsync<T>(Func<IActionTracingStore, CancellationToken, Task<T>> call, Kind kind, CancellationToken cancellationToken)
    {
        if (_disposed)
            throw Unavailable("The host has stopped, and the store with it.", kind);
        try
        {
            T result = kind == Kind.ReadHere
                ? await _call.RunInlineAsync(bound => call(store, bound), cancellationToken).ConfigureAwait(false)
                : await _call.RunAsync(bound => call(store, bound), cancellationToken).ConfigureAwait(false);
            Succeeded(kind == Kind.Write);
            return result;
        }
        // Any other exception is a failure of the store.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            TimeSpan timeout = configuration.Catalog.Settings.DefaultTimeout;
            bool isLate = BoundedCall.IsLate(exception);
            if (isLate && kind == Kind.Audit)
                throw Unavailable($"The audit gave no answer within {timeout}: it is large, or many read it. Ask for less, or ask again.", kind, exception);
            string error = isLate ? $"it gave no answer within {timeout}" : ForeignText.Escape(exception.Message.TrimEnd('.'));
            Failed($"The store failed: {error}.", error, kind == Kind.Write, exception);
            throw Unavailable($"The store failed: {error}.", kind, exception);
        }
    }

    private static Exception Unavailable(string message, Kind kind, Exception? cause = null) =>
        kind == Kind.Audit ? new StoreException(message, cause) : new FlagChangeException(FlagChangeError.StoreUnavailable, message, cause);

    public void Dispose() => _disposed = true;

    public void Update(Func<StoreReport, StoreReport> update)
    {
        lock (_gate)
            _report = update(_report);
    }

    private void Succeeded(bool writes)
    {
        if (_report.Error is null)
            return;
        Update(report =>
        {
            _readFault = null;
            _writeFault = writes ? null : _writeFault;
            return report with { Error = _writeFault, FailingSince = _writeFault is null ? null : report.FailingSince };
        });
        if (_report.Error is null)
            LogMended();
    }

    private void Failed(string fault, string error, bool writes, Exception exception)
    {
        metrics.Failed();
        bool known = false;
        Update(report =>
        {
            known = fault == _writeFault || fault == _readFault;
            (_readFault, _writeFault) = writes ? (_readFault, fault) : (fault, _writeFault);
            return report with { Error = _writeFault ?? _readFault, FailingSince = report.FailingSince ?? time.GetUtcNow() };
        });
        // One line per outage and cause: it is called again and again. A call that runs while the container ends is no outage.
        if (!known && !_disposed)
            LogFailed(error, exception);
    }

    private enum Kind
    {
        Read,
        ReadHere,
        Audit,
        Write,
    }

    [LoggerMessage(EventIds.StoreFailed, LogLevel.Error, "The store failed: {Error}. What is known here stays in force; writing is retried.", EventName = "StoreFailed")]
    private partial void LogFailed(string error, Exception exception);

    [LoggerMessage(EventIds.StoreMended, LogLevel.Information, "The store works again.", EventName = "StoreMended")]
    private partial void LogMended();
}
