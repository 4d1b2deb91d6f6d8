using System.Buffers;
using System.Text.Json;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>Traces as lines of JSON, until they are appended to a file together. Not thread-safe.</summary>
internal sealed class TraceLines : IDisposable
{
    private const int FullAt = 64 * 1024; // bytes

    private readonly ArrayBufferWriter<byte> _lines = new(FullAt);
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _json;

    public TraceLines() => _json = new Utf8JsonWriter(_line);

    /// <summary>How many lines there are.</summary>
    public int Count { get; private set; }

    public bool IsFull => _lines.WrittenCount >= FullAt;

    public ReadOnlySpan<byte> Bytes => _lines.WrittenSpan;

    /// <summary>Adds the line of a trace. If a tag cannot be serialized, the tag's exception is thrown and no line is added.</summary>
    public void Add(TraceRecord trace)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        TraceLine.Write(_json, trace);
        _json.Flush();
        _line.Write("\n"u8);
        _lines.Write(_line.WrittenSpan);
        Count++;
    }

    public void Clear()
    {
        _lines.ResetWrittenCount();
        Count = 0;
    }

    public void Dispose() => _json.Dispose();
}
