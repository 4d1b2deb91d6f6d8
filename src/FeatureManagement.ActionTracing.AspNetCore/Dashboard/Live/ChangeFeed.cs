using System.Collections.Immutable;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>
/// Sends changes to open pages. One loop polls for all pages, and only while a page is open: neither evaluations nor
/// changes of flags do work for it.
/// </summary>
internal sealed class ChangeFeed(
    DashboardAssets assets,
    SnapshotSource flags,
    RolloutRuns rollouts,
    IActionTracingConfigurationStatus configuration,
    IActionTracingStoreStatus store,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<ChangeFeed> logger) : IDisposable
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private ImmutableArray<EventSubscriber> _subscribers = [];
    private ChangePolling? _polling; // while a page is open

    /// <summary>
    /// The events of one page, until it disconnects or the host stops: <c>hello</c>, then <c>change</c> for each change
    /// and <c>alive</c> in between.
    /// </summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken disconnected)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(disconnected, lifetime.ApplicationStopping);
        var subscriber = new EventSubscriber();
        Subscribe(subscriber);
        try
        {
            yield return new(JsonSerializer.Serialize(new Hello(assets.Version), ApiJson.Plain.Hello), "hello");
            while (await NextAsync(subscriber, ends.Token).ConfigureAwait(false) is { } changes)
                yield return EventOf(changes);
        }
        finally
        {
            Unsubscribe(subscriber);
        }
    }

    public void Dispose() => _polling?.Dispose();

    private static SseItem<string> EventOf(LiveChanges changes)
    {
        if (changes.IsEmpty)
            return new("{}", "alive");
        return new(JsonSerializer.Serialize(changes, ApiJson.Plain.LiveChanges), "change");
    }

    private static async Task<LiveChanges?> NextAsync(EventSubscriber subscriber, CancellationToken ends)
    {
        try
        {
            return await subscriber.NextAsync(ends).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Subscribe(EventSubscriber subscriber)
    {
        DashboardState now = Capture();
        lock (_gate)
        {
            _subscribers = _subscribers.Add(subscriber);
            _polling ??= StartPolling(now);
        }
    }

    private void Unsubscribe(EventSubscriber subscriber)
    {
        ChangePolling? ended = null;
        lock (_gate)
        {
            _subscribers = _subscribers.Remove(subscriber);
            if (_subscribers.IsEmpty)
            {
                ended = _polling;
                _polling = null;
            }
        }
        ended?.Dispose();
    }

    private ChangePolling StartPolling(DashboardState now)
    {
        var polling = new ChangePolling(now, Capture, Send, time, logger);
        // It outlives the request that starts it.
        using (ExecutionContext.SuppressFlow())
            _ = polling.StartAsync(CancellationToken.None); // only starts the loop
        return polling;
    }

    private void Send(LiveChanges changes)
    {
        foreach (EventSubscriber subscriber in _subscribers)
            subscriber.Notify(changes);
    }

    private DashboardState Capture() => new(
        flags.Current,
        new Dictionary<string, RolloutCheck?>(rollouts.Checks),
        configuration.Current,
        store.Current);

    internal sealed record Hello(string Version);
}
