using System.IO.Pipelines;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Writes a response and counts the bytes that are flushed.</summary>
internal sealed class CountingResponseWriter(PipeWriter inner, CountingResponseBody body) : PipeWriter
{
    private long _unflushed;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes)
    {
        inner.Advance(bytes);
        _unflushed += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        bool connected = body.IsConnected;
        return Counted(inner.FlushAsync(cancellationToken), connected);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        bool connected = body.IsConnected;
        _unflushed += source.Length;
        return Counted(inner.WriteAsync(source, cancellationToken), connected);
    }

    private ValueTask<FlushResult> Counted(ValueTask<FlushResult> flush, bool connected)
    {
        long bytes = _unflushed;
        _unflushed = 0;
        if (!flush.IsCompletedSuccessfully)
            return AwaitAsync(flush, bytes);
        FlushResult result = flush.Result;
        if (connected)
            body.Count(bytes);
        return new(result);
    }

    private async ValueTask<FlushResult> AwaitAsync(ValueTask<FlushResult> flush, long bytes)
    {
        FlushResult result = await flush.ConfigureAwait(false);
        if (body.IsConnected)
            body.Count(bytes);
        return result;
    }
}
