using System.Collections.Immutable;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.State;

/// <summary>
/// Notifies watchers of changes: after the change is visible to evaluation, in order, and on another thread. Each
/// watcher has a queue of its own, so that one that fails or blocks does not affect the others. Thread-safe.
/// </summary>
internal sealed partial class FlagWatchers(ILogger<FlagWatchers> logger)
{
    private ImmutableDictionary<string, ImmutableList<FlagWatcher>> _watchers =
        ImmutableDictionary.Create<string, ImmutableList<FlagWatcher>>(StringComparer.OrdinalIgnoreCase);

    public IDisposable Watch(string flag, Action<FlagStatus> callback)
    {
        var watcher = new FlagWatcher(flag, callback, Remove, LogFailed);
        ImmutableInterlocked.AddOrUpdate(ref _watchers, flag, [watcher], (_, others) => others.Add(watcher));
        return watcher;
    }

    /// <summary>Notifies the watchers of every flag that changed. A flag that was removed is off. Only queues; takes no lock.</summary>
    public void Notify(FlagSnapshot before, FlagSnapshot after)
    {
        foreach ((string flag, ImmutableList<FlagWatcher> watchers) in _watchers)
        {
            if (ChangeOf(flag, before, after) is not { } status)
                continue;
            foreach (FlagWatcher watcher in watchers)
                watcher.Notify(status);
        }
    }

    private static FlagStatus? ChangeOf(string flag, FlagSnapshot before, FlagSnapshot after)
    {
        FlagStatus? old = null;
        if (before.Find(flag) is { } was)
            old = FlagStatus.Of(before, was);
        if (after.Find(flag) is not { } found)
            return old is null or { IsEnabled: false } ? null : old with { IsEnabled = false };
        FlagStatus now = FlagStatus.Of(after, found);
        if (now == old || (old is not null && IsOnlyStored(old, now)))
            return null;
        return now;
    }

    // An emergency and a rollback are in force before they are stored: their watchers were notified then.
    private static bool IsOnlyStored(FlagStatus old, FlagStatus now) =>
        !old.IsStored && now.IsStored && FlagFields.AreSame(old.Definition, now.Definition)
        && old with { Definition = now.Definition, IsStored = true, Version = now.Version } == now;

    private void Remove(FlagWatcher watcher) => ImmutableInterlocked.Update(ref _watchers, watchers =>
    {
        if (!watchers.TryGetValue(watcher.Flag, out ImmutableList<FlagWatcher>? others))
            return watchers;
        ImmutableList<FlagWatcher> rest = others.Remove(watcher);
        if (rest.IsEmpty)
            return watchers.Remove(watcher.Flag);
        return watchers.SetItem(watcher.Flag, rest);
    });

    private void LogFailed(FlagWatcher watcher, Exception exception) => LogFailed(ForeignText.Quote(watcher.Flag), exception);

    [LoggerMessage(EventIds.WatcherFailed, LogLevel.Error, "A watcher of flag '{Flag}' failed.", EventName = "WatcherFailed")]
    private partial void LogFailed(string flag, Exception exception);
}
