using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Threading.Channels;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// Writes traces of actions to files in the background. An action never waits: a trace that finds the queue full, or
/// cannot be written, is dropped and counted. Disposal writes the queued traces. Thread-safe.
/// </summary>
internal sealed partial class TraceOutput : IAsyncDisposable, IDisposable
{
    private const int BatchBytes = 64 * 1024;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<TraceRecord> _queue;
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
        _queue = Channel.CreateBounded<TraceRecord>(
            new BoundedChannelOptions(Math.Max(1, configuration.Catalog.TraceOutput.QueueLength)) { SingleReader = true });
        _pump = new Lazy<Task>(() => Task.Run(PumpAsync));
    }

    public static TraceFiles FilesOf(IHostEnvironment? environment, TimeProvider time) =>
        new(environment?.ContentRootPath ?? AppContext.BaseDirectory, time);

    public void Write(TraceRecord trace)
    {
        _ = _pump.Value;
        if (!_queue.Writer.TryWrite(trace))
            _dropped.Add(1, new KeyValuePair<string, object?>("reason", "queue_full"));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (!_pump.IsValueCreated)
            return;
        try
        {
            await _pump.Value.WaitAsync(FlushTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotFlushed(_queue.Reader.Count);
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task PumpAsync()
    {
        var lines = new ArrayBufferWriter<byte>(BatchBytes);
        var line = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(line);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            int traces = 0;
            lines.ResetWrittenCount();
            while (lines.WrittenCount < BatchBytes && _queue.Reader.TryRead(out TraceRecord? trace))
            {
                if (!TryWrite(json, line, trace))
                    continue;
                lines.Write(line.WrittenSpan);
                traces++;
            }
            if (traces > 0)
                Append(lines.WrittenSpan, traces);
        }
        _files.Dispose();
    }

    private bool TryWrite(Utf8JsonWriter json, ArrayBufferWriter<byte> line, TraceRecord trace)
    {
        line.ResetWrittenCount();
        json.Reset();
        try
        {
            TraceLine.Write(json, trace);
            json.Flush();
            line.Write("\n"u8);
            return true;
        }
#pragma warning disable CA1031 // A tag is an object of the application; its failure must not stop the writer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _dropped.Add(1, new KeyValuePair<string, object?>("reason", "not_serializable"));
            LogNotSerializable(ForeignText.Quote(trace.Name), exception);
            return false;
        }
    }

    private void Append(ReadOnlySpan<byte> lines, int traces)
    {
        try
        {
            _files.Append(lines, _configuration.Catalog.TraceOutput);
            if (_failing)
                LogRecovered(_lost);
            (_failing, _lost) = (false, 0);
            _written.Add(traces);
            if (_cleaning && _files.CleanUpFault is { } fault)
                LogNotCleanedUp(ForeignText.Escape(_configuration.Catalog.TraceOutput.Directory), fault);
            _cleaning = _files.CleanUpFault is null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            if (!_failing)
                LogFailing(ForeignText.Escape(_configuration.Catalog.TraceOutput.Directory), exception);
            _failing = true;
            _lost += traces;
            _dropped.Add(traces, new KeyValuePair<string, object?>("reason", "not_writable"));
        }
    }

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
        "Trace output was not flushed in time; {Waiting} traces are lost.",
        EventName = "TraceOutputNotFlushed")]
    private partial void LogNotFlushed(int waiting);
}
