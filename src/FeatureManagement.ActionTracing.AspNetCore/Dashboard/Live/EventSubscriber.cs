using System.Threading.Channels;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>An open page. Changes that it has not read yet are merged into one event.</summary>
internal sealed class EventSubscriber
{
    private readonly Lock _gate = new();

    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private LiveChanges _unread = LiveChanges.None;

    public void Notify(LiveChanges changes)
    {
        lock (_gate)
            _unread = _unread.And(changes);
        _signals.Writer.TryWrite(true);
    }

    /// <summary>Waits for the next event. An empty event keeps the connection alive.</summary>
    public async Task<LiveChanges> NextAsync(CancellationToken cancellationToken)
    {
        await _signals.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            LiveChanges unread = _unread;
            _unread = LiveChanges.None;
            return unread;
        }
    }
}
