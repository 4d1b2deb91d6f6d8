namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Writes an answer and counts what is written: servers flush at each write.</summary>
internal sealed class AnswerStream(Stream inner, AnswerBody body) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanTimeout => inner.CanTimeout;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => inner.WriteTimeout;
        set => inner.WriteTimeout = value;
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
        inner.CopyToAsync(destination, bufferSize, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    public override void Write(byte[] buffer, int offset, int count)
    {
        bool there = body.IsClientThere;
        inner.Write(buffer, offset, count);
        if (there)
            body.Count(count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        bool there = body.IsClientThere;
        inner.Write(buffer);
        if (there)
            body.Count(buffer.Length);
    }

    // Of the base class these write synchronously, which servers refuse.
    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        bool there = body.IsClientThere;
        ValueTask write = inner.WriteAsync(buffer, cancellationToken);
        if (!write.IsCompletedSuccessfully)
            return AwaitAsync(write, buffer.Length);
        if (there)
            body.Count(buffer.Length);
        return write;
    }

    private async ValueTask AwaitAsync(ValueTask write, int bytes)
    {
        await write.ConfigureAwait(false);
        if (body.IsClientThere)
            body.Count(bytes);
    }
}
