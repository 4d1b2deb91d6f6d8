using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Storage.Bounded;

/// <summary>Keeps the report on a store: what failed, since when, and what is in the outbox. Thread-safe.</summary>
internal sealed partial class StoreHealth(
    bool isDurable, StoreSpace space, IFlagCatalogSource configuration, TimeProvider time, StoreMetrics metrics,
    ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private string? _readFault; // apart from each other: a full disk can still be read
    private string? _writeFault;
    private volatile bool _isDisposed;
    private volatile StoreReport _report = new() { IsDurable = isDurable };

    /// <summary>Whether the container has ended, and the store with it.</summary>
    public bool IsDisposed => _isDisposed;

    /// <summary>Whether the last write failed.</summary>
    public bool IsWriteFailing => _writeFault is not null;

    public StoreReport Current
    {
        get
        {
            StoreReport report = _report;
            if (space.Fault is { } fault)
                report = report with { SizeFault = fault };
            if (report.OutboxSince is { } since && time.GetUtcNow() - since > configuration.Catalog.Settings.DefaultTimeout)
                report = report with { IsOverdue = true };
            return report;
        }
    }

    public static string Sentence(string error) => $"The store failed: {error}.";

    public void Update(Func<StoreReport, StoreReport> update)
    {
        lock (_gate)
            _report = update(_report);
    }

    public void Succeeded(bool isWrite)
    {
        if (_report.Error is null)
            return;
        Update(report =>
        {
            _readFault = null;
            if (isWrite)
                _writeFault = null;
            return report with { Error = _writeFault, FailingSince = _writeFault is null ? null : report.FailingSince };
        });
        if (_report.Error is null)
            LogRecovered();
    }

    public void Failed(string error, bool isWrite, Exception exception)
    {
        metrics.Failed();
        string fault = Sentence(error);
        bool isKnown = false;
        Update(report =>
        {
            isKnown = fault == _writeFault || fault == _readFault;
            if (isWrite)
                _writeFault = fault;
            else
                _readFault = fault;
            return report with { Error = _writeFault ?? _readFault, FailingSince = report.FailingSince ?? time.GetUtcNow() };
        });
        // One line per outage and cause: it is called again and again. A call that runs while the container ends is no outage.
        if (!isKnown && !_isDisposed)
            LogFailed(error, exception);
    }

    public void Dispose() => _isDisposed = true;

    [LoggerMessage(EventIds.StoreFailed, LogLevel.Error,
        "The store failed: {Error}. The last known state stays in force; writing is tried again.", EventName = "StoreFailed")]
    private partial void LogFailed(string error, Exception exception);

    [LoggerMessage(EventIds.StoreRecovered, LogLevel.Information, "The store works again.", EventName = "StoreRecovered")]
    private partial void LogRecovered();
}
