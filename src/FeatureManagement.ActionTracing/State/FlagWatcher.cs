using System.Threading.Channels;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.State;

/// <summary>A callback that gets the changes of one flag, in order, on a thread of the pool. Thread-safe.</summary>
internal sealed class FlagWatcher : IDisposable
{
    private readonly Action<FlagStatus> _callback;
    private readonly Action<FlagWatcher> _ended;
    private readonly Action<FlagWatcher, Exception> _failed;
    private readonly Channel<FlagStatus> _queue = Channel.CreateUnbounded<FlagStatus>(new UnboundedChannelOptions { SingleReader = true });
    private volatile bool _stopped;

    /// <param name="flag">The flag.</param>
    /// <param name="callback">The callback. It may throw and block.</param>
    /// <param name="ended">Called when the watcher is disposed.</param>
    /// <param name="failed">Called with what the callback throws.</param>
    public FlagWatcher(string flag, Action<FlagStatus> callback, Action<FlagWatcher> ended, Action<FlagWatcher, Exception> failed)
    {
        _callback = callback;
        _ended = ended;
        _failed = failed;
        Flag = flag;
        _ = Task.Run(PumpAsync);
    }

    public string Flag { get; }

    public void Notify(FlagStatus status) => _queue.Writer.TryWrite(status);

    public void Dispose()
    {
        _stopped = true;
        _queue.Writer.TryComplete();
        _ended(this);
    }

    private async Task PumpAsync()
    {
        await foreach (FlagStatus status in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_stopped)
                return;
            // A watcher that fails affects neither the others nor the change.
            SafeCall.Run(() => _callback(status), exception => _failed(this, exception));
        }
    }
}
