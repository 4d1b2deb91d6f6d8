using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// Writes traces of actions to files in the background. An action never waits: a trace that finds the queue full, or
/// cannot be written, is dropped and counted. Disposal writes the queued traces. Thread-safe.
/// </summary>
internal sealed partial class TraceOutput : IAsyncDisposable, IDisposable
{
    private const int MaxBatch = 100;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);

    private readonly BatchWriter<TraceRecord> _queue;
    private readonly IFlagCatalogSource _configuration;
    private readonly TraceFiles _files;
    private readonly ILogger _logger;
    private readonly Counter<long> _written;
    private readonly Counter<long> _dropped;
    private readonly Lazy<Task> _pump;
    private long _lost;
    private bool _failing;
    private bool _cleaning = true;

    public TraceOutput(IFlagCatalogSource configuration, TraceFiles files, IMeterFactory meters, ILogger<TraceOutput> logger)
    {
        _configuration = configuration;
        _files = files;
        _logger = logger;
        Meter meter = meters.Create(ActionTracingMeter.Name);
        _written = meter.CreateCounter<long>("action.trace.written", "{trace}", "Traces that were written to files.");
        _dropped = meter.CreateCounter<long>("action.trace.dropped", "{trace}", "Traces that were lost, by reason.");
        _queue = new BatchWriter<TraceRecord>(Math.Max(1, configuration.Catalog.TraceOutput.QueueLength), MaxBatch);
        _pump = new Lazy<Task>(() => Task.Run(PumpAsync));
    }

    public static TraceFiles FilesOf(IHostEnvironment? environment, TimeProvider time) =>
        new(environment?.ContentRootPath ?? AppContext.BaseDirectory, time);

    public void Write(TraceRecord trace)
    {
        _ = _pump.Value;
        if (!_queue.TryAdd(trace))
            Drop(1, "queue_full");
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        if (!_pump.IsValueCreated)
            return;
        try
        {
            await _pump.Value.WaitAsync(FlushTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotFlushed(_queue.Count);
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task PumpAsync()
    {
        using var lines = new TraceLines();
        await _queue.PumpAsync((traces, _) =>
        {
            Write(traces, lines);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        _files.Dispose();
    }

    private void Write(IReadOnlyList<TraceRecord> traces, TraceLines lines)
    {
        foreach (TraceRecord trace in traces)
        {
            Add(trace, lines);
            if (lines.IsFull)
                Append(lines);
        }
        if (lines.Count > 0)
            Append(lines);
    }

    // A tag is an object of the application. Its failure must not stop the writer.
    private void Add(TraceRecord trace, TraceLines lines) => SafeCall.Run(() => lines.Add(trace), exception =>
    {
        Drop(1, "not_serializable");
        LogNotSerializable(ForeignText.Quote(trace.Name), exception);
    });

    private void Append(TraceLines lines)
    {
        TraceOutputSettings settings = _configuration.Catalog.TraceOutput;
        try
        {
            _files.Append(lines.Bytes, settings);
            Appended(lines.Count, settings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            if (!_failing)
                LogFailing(ForeignText.Escape(settings.Directory), exception);
            _failing = true;
            _lost += lines.Count;
            Drop(lines.Count, "not_writable");
        }
        lines.Clear();
    }

    private void Appended(int traces, TraceOutputSettings settings)
    {
        if (_failing)
            LogRecovered(_lost);
        _failing = false;
        _lost = 0;
        _written.Add(traces);
        if (_cleaning && _files.CleanUpFault is { } fault)
            LogNotCleanedUp(ForeignText.Escape(settings.Directory), fault);
        _cleaning = _files.CleanUpFault is null;
    }

    private void Drop(int traces, string reason) => _dropped.Add(traces, new KeyValuePair<string, object?>("reason", reason));

    [LoggerMessage(EventIds.TraceOutputFailing, LogLevel.Error,
        "Traces cannot be written to '{Directory}' and are dropped until it is writable.",
        EventName = "TraceOutputFailing")]
    private partial void LogFailing(string directory, Exception exception);

    [LoggerMessage(EventIds.TraceOutputRecovered, LogLevel.Information,
        "Trace output recovered; {Lost} traces were lost.",
        EventName = "TraceOutputRecovered")]
    private partial void LogRecovered(long lost);

    [LoggerMessage(EventIds.TraceFilesNotDeleted, LogLevel.Warning,
        "Old trace files in '{Directory}' cannot be deleted; new traces are still written. Delete them, or "
        + "grant the permission to delete them.",
        EventName = "TraceFilesNotDeleted")]
    private partial void LogNotCleanedUp(string directory, Exception exception);

    [LoggerMessage(EventIds.TraceNotSerializable, LogLevel.Debug,
        "A trace of action '{Action}' was dropped: one of its tags cannot be serialized.",
        EventName = "TraceNotSerializable")]
    private partial void LogNotSerializable(string action, Exception exception);

    [LoggerMessage(EventIds.TraceOutputNotFlushed, LogLevel.Warning,
        "Trace output was not flushed in time; up to {Waiting} traces are lost.",
        EventName = "TraceOutputNotFlushed")]
    private partial void LogNotFlushed(int waiting);
}
