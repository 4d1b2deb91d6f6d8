using System.Collections.Immutable;
using System.Threading.Channels;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.State;

/// <summary>
/// Tells watchers of changes: after the change is visible to evaluation, in order, and off the thread that made it. Each watcher has a queue and a
/// pump of its own, so that one that fails or blocks harms nobody.
/// </summary>
internal sealed partial class FlagWatchers(ILogger<FlagWatchers> logger)
{
    private ImmutableDictionary<string, ImmutableList<Watcher>> _watchers = ImmutableDictionary.Create<string, ImmutableList<Watcher>>(StringComparer.OrdinalIgnoreCase);

    public IDisposable Watch(string flag, Action<FlagStatus> callback)
    {
        var watcher = new Watcher(this, flag, callback);
        ImmutableInterlocked.AddOrUpdate(ref _watchers, flag, [watcher], (_, others) => others.Add(watcher));
        return watcher;
    }

    /// <summary>Tells of every watched flag that is not what it was. A flag that is gone is off.</summary>
    public void Tell(FlagSnapshot before, FlagSnapshot after)
    {
        foreach ((string flag, ImmutableList<Watcher> watchers) in _watchers)
        {
            FlagStatus? old = before.Find(flag) is { } was ? FlagStatus.Of(before, was) : null;
            FlagStatus? now = after.Find(flag) is { } found ? FlagStatus.Of(after, found) : old is null ? null : old with { Enabled = false };
            if (now is not null && now != old && !(old is not null && IsOnlyStored(old, now)))
                foreach (Watcher watcher in watchers)
                    watcher.Tell(now);
        }
    }

    // An emergency and a rollback act before they are written: who watches has heard of them by then.
    private static bool IsOnlyStored(FlagStatus old, FlagStatus now) =>
        !old.Stored && now.Stored && FlagFields.AreSame(old.Definition, now.Definition)
        && old with { Definition = now.Definition, Stored = true, Version = now.Version } == now;

    private void Remove(Watcher watcher) =>
        ImmutableInterlocked.Update(ref _watchers, watchers =>
            watchers.TryGetValue(watcher.Flag, out ImmutableList<Watcher>? others)
                ? others.Count == 1 && others[0] == watcher ? watchers.Remove(watcher.Flag) : watchers.SetItem(watcher.Flag, others.Remove(watcher))
                : watchers);

    [LoggerMessage(EventIds.WatcherFailed, LogLevel.Error, "A watcher of flag '{Flag}' failed.", EventName = "WatcherFailed")]
    private partial void LogFailed(string flag, Exception exception);

    private sealed class Watcher : IDisposable
    {
        private readonly FlagWatchers _owner;
        private readonly Action<FlagStatus> _callback;
        private readonly Channel<FlagStatus> _queue = Channel.CreateUnbounded<FlagStatus>(new UnboundedChannelOptions { SingleReader = true });
        private volatile bool _stopped;

        public Watcher(FlagWatchers owner, string flag, Action<FlagStatus> callback)
        {
            _owner = owner;
            _callback = callback;
            Flag = flag;
            _ = Task.Run(PumpAsync);
        }

        public string Flag { get; }

        public void Tell(FlagStatus status) => _queue.Writer.TryWrite(status);

        public void Dispose()
        {
            _stopped = true;
            _queue.Writer.TryComplete();
            _owner.Remove(this);
        }

        private async Task PumpAsync()
        {
            await foreach (FlagStatus status in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                if (_stopped)
                    return;
                try
                {
                    _callback(status);
                }
#pragma warning disable CA1031 // Whatever a watcher does, the others and the change itself stand.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    _owner.LogFailed(ForeignText.Quote(Flag), exception);
                }
            }
        }
    }
}
