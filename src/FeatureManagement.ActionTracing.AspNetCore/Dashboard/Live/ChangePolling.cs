using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>Finds changes for open pages, from its start to its disposal.</summary>
/// <param name="start">The state that the pages have.</param>
/// <param name="capture">Reads the present state.</param>
/// <param name="send">Sends changes to all pages. Empty changes keep the connections alive.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ChangePolling(
    DashboardState start, Func<DashboardState> capture, Action<LiveChanges> send, TimeProvider time, ILogger logger)
    : PeriodicService(time)
{
    private readonly TimeProvider _time = time;
    private DashboardState _sent = start;
    private long _sentAt = time.GetTimestamp();

    protected override TimeSpan Period => ChangeFeed.PollInterval;

    // The loop begins on a thread of the pool, and changes may come before that.
    protected override bool RunsAtStart => true;

    protected override Task RunOnceAsync(CancellationToken stoppingToken)
    {
        DashboardState now = capture();
        LiveChanges changes = now.Since(_sent);
        _sent = now;
        if (changes.IsEmpty && _time.GetElapsedTime(_sentAt) < ChangeFeed.KeepAliveInterval)
            return Task.CompletedTask;
        _sentAt = _time.GetTimestamp();
        send(changes);
        return Task.CompletedTask;
    }

    protected override void OnFailure(Exception exception, bool isFirst)
    {
        // One line per outage: it is tried again five times a second.
        if (isFirst)
            LogFailed(exception);
    }

    [LoggerMessage(EventIds.DashboardChangesFailing, LogLevel.Error,
        "Open pages of the dashboard get no changes. Each poll tries again.", EventName = "DashboardChangesFailing")]
    private partial void LogFailed(Exception exception);
}
