using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>
/// Counts the bytes of an answer that were sent while its client was still there. A client that has all of its answer may close the connection
/// at once, as a proxy does that speaks HTTP/1.0: it has not given up.
/// </summary>
internal sealed class AnswerBody(IHttpResponseBodyFeature inner, HttpContext context) : IHttpResponseBodyFeature
{
    private AnswerStream? _stream;
    private AnswerWriter? _writer;
    private long _written;
    private bool _hasBegun;
    private bool _isComplete;

    public Stream Stream => _stream ??= new AnswerStream(inner.Stream, this);

    public PipeWriter Writer => _writer ??= new AnswerWriter(inner.Writer, this);

    /// <summary>Whether the client is still there. Asked before bytes are sent: it may go as soon as it has them.</summary>
    public bool IsClientThere => !context.RequestAborted.IsCancellationRequested;

    /// <summary>Whether all of the answer was sent: by its length, by its end, or because it has no body.</summary>
    public bool IsWhole => _isComplete
        || _hasBegun && (HasNoBody || context.Response.ContentLength is { } length && Interlocked.Read(ref _written) >= length);

    private bool HasNoBody => HttpMethods.IsHead(context.Request.Method)
        || context.Response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified;

    /// <summary>The headers are about to be sent.</summary>
    public void Begin() => _hasBegun = IsClientThere;

    /// <summary>Counts bytes that were sent at once, or that were waited for and arrived while the client was there.</summary>
    public void Count(long bytes) => Interlocked.Add(ref _written, bytes);

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await inner.SendFileAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
        if (IsClientThere)
            Count(count ?? new FileInfo(path).Length - offset);
    }

    public async Task CompleteAsync()
    {
        bool there = IsClientThere;
        await inner.CompleteAsync().ConfigureAwait(false);
        _isComplete = there;
    }
}
