using System.Threading.Channels;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>The loop that finds changes for open pages.</summary>
public sealed class ChangePollingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();

    [Fact]
    public async Task Capture_ThatFails_IsLoggedOnce_AndALaterPollSends()
    {
        // The same object each time, so that nothing has changed.
        DashboardState state = new(SnapshotCompiler.Compile([], false), new Dictionary<string, RolloutCheck?>(), null!, null!);
        Exception? fault = new IOException("no");
        int captures = 0;
        Channel<LiveChanges> sent = Channel.CreateUnbounded<LiveChanges>();
        using var polling = new ChangePolling(
            state,
            () =>
            {
                captures++;
                return fault is null ? state : throw fault;
            },
            changes => sent.Writer.TryWrite(changes),
            _time,
            _logger);
        await polling.StartAsync(default);
        PollUntil(() => captures >= 3);
        Assert.False(sent.Reader.TryRead(out _));
        Assert.Equal(604, Assert.Single(_logger.Collector.GetSnapshot()).Id.Id);

        fault = null;
        _time.Advance(ChangeFeed.KeepAliveInterval);
        PollUntil(() => sent.Reader.TryRead(out LiveChanges? changes) && changes.IsEmpty);
        await polling.StopAsync(default);
    }

    private void PollUntil(Func<bool> condition) => Eventually.True(
        () =>
        {
            if (condition())
                return true;
            _time.Advance(ChangeFeed.PollInterval);
            return false;
        },
        () => "Not so: the loop polls.");
}
