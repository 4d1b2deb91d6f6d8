using FeatureManagement.ActionTracing.Diagnostics.Background;

namespace FeatureManagement.ActionTracing.Tests.Diagnostics;

/// <summary>The queue of everything that is written behind the caller's back.</summary>
public sealed class BatchWriterTests
{
    private readonly List<string> _written = [];

    [Fact]
    public async Task Add_ToAFullQueue_IsDroppedAndCounted()
    {
        var writer = new BatchWriter<int>(capacity: 2, maxBatch: 10);
        Assert.Equal([true, true, false, false], new[] { 1, 2, 3, 4 }.Select(item => writer.TryAdd(item)));
        Assert.Equal((2, 2L), (writer.Count, writer.Dropped));
        Assert.Equal([2L, 0L], new[] { writer.TakeDropped(), writer.TakeDropped() });
        await writer.FlushAsync(Write, default);
        Assert.Equal(["1 2"], _written);
        Assert.True(writer.TryAdd(5));
    }

    [Fact]
    public async Task Flush_WritesBatchesOfLimitedSize()
    {
        var writer = new BatchWriter<int>(100, maxBatch: 2);
        foreach (int item in new[] { 1, 2, 3, 11, 4 })
            writer.TryAdd(item);
        await writer.FlushAsync(Write, default);
        Assert.Equal(["1 2", "3 11", "4"], _written);
    }

    [Fact]
    public async Task Flush_AfterAFailure_BeginsWithTheSameBatch()
    {
        var writer = new BatchWriter<int>(100, maxBatch: 2);
        foreach (int item in new[] { 1, 2, 3 })
            writer.TryAdd(item);
        await Assert.ThrowsAsync<IOException>(() => writer.FlushAsync((_, _) => throw new IOException("no"), default));
        Assert.Equal(3, writer.Count);
        writer.TryAdd(4);
        await writer.FlushAsync(Write, default);
        Assert.Equal(["1 2", "3 4"], _written);
        Assert.Equal(0, writer.Count);
    }

    [Fact]
    public async Task Flush_ItemsThatComeMeanwhile_WaitForTheNext()
    {
        var writer = new BatchWriter<int>(100, maxBatch: 1);
        writer.TryAdd(1);
        await writer.FlushAsync(
            (batch, _) =>
            {
                writer.TryAdd(batch[0] + 1);
                return Write(batch, default);
            },
            default);
        Assert.Equal(["1"], _written);
        Assert.Equal(1, writer.Count);
    }

    [Fact]
    public async Task Pump_WritesAsItemsCome_UntilItIsComplete()
    {
        var writer = new BatchWriter<int>(100, maxBatch: 10);
        Task pump = writer.PumpAsync(Write);
        writer.TryAdd(1);
        writer.TryAdd(2);
        writer.Complete();
        await pump;
        Assert.Equal("1 2", string.Join(' ', _written));
        Assert.False(writer.TryAdd(3));
    }

    private Task Write(IReadOnlyList<int> batch, CancellationToken cancellationToken)
    {
        _written.Add(string.Join(' ', batch));
        return Task.CompletedTask;
    }
}
