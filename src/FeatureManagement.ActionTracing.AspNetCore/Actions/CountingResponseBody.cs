using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>
/// Counts the bytes of a response that were sent while the client was connected. A client that has the complete
/// response may close the connection at once, as an HTTP/1.0 proxy does: it has not given up.
/// </summary>
internal sealed class CountingResponseBody(IHttpResponseBodyFeature inner, HttpContext context) : IHttpResponseBodyFeature
{
    private CountingResponseStream? _stream;
    private CountingResponseWriter? _writer;
    private long _written;
    private bool _hasStarted;
    private bool _isCompleted;

    public Stream Stream => _stream ??= new CountingResponseStream(inner.Stream, this);

    public PipeWriter Writer => _writer ??= new CountingResponseWriter(inner.Writer, this);

    /// <summary>
    /// Whether the client is connected. Read before bytes are sent, because it may disconnect as soon as it has them.
    /// </summary>
    public bool IsConnected => !context.RequestAborted.IsCancellationRequested;

    /// <summary>Whether the complete response was sent: by its length, by its end, or because it has no body.</summary>
    public bool IsComplete => _isCompleted || _hasStarted && (HasNoBody || HasContentLength);

    private bool HasContentLength => context.Response.ContentLength is { } length && Interlocked.Read(ref _written) >= length;

    private bool HasNoBody => HttpMethods.IsHead(context.Request.Method)
        || context.Response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified;

    /// <summary>Notes that the headers are about to be sent.</summary>
    public void Start() => _hasStarted = IsConnected;

    /// <summary>Counts bytes that were sent while the client was connected.</summary>
    public void Count(long bytes) => Interlocked.Add(ref _written, bytes);

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await inner.SendFileAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
        if (IsConnected)
            Count(count ?? new FileInfo(path).Length - offset);
    }

    public async Task CompleteAsync()
    {
        bool connected = IsConnected;
        await inner.CompleteAsync().ConfigureAwait(false);
        _isCompleted = connected;
    }
}
