using System.Threading.Channels;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>An open page. What it has not been told yet is one merged message, however slowly it reads.</summary>
internal sealed class Tab
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private LiveChanges _untold = LiveChanges.None;

    public void Tell(LiveChanges changes)
    {
        lock (_gate)
            _untold = _untold.And(changes);
        _news.Writer.TryWrite(true);
    }

    /// <summary>Waits for something to tell; nothing changed, an empty message, says that the connection is alive.</summary>
    public async Task<LiveChanges> NextAsync(CancellationToken cancellationToken)
    {
        await _news.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            LiveChanges untold = _untold;
            _untold = LiveChanges.None;
            return untold;
        }
    }
}
