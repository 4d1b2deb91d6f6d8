using System.Collections.Immutable;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>
/// Tells open pages what changed. One loop looks for all of them, and only while there are any: evaluation and changes of flags know nothing of it.
/// </summary>
internal sealed class ChangeFeed(
    DashboardAssets assets, SnapshotSource flags, RolloutRunner rollouts, IActionTracingConfigurationStatus configuration, IActionTracingStoreStatus store, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private ImmutableArray<Tab> _tabs = [];
    private bool _looking;

    /// <summary>The events of one page, until it leaves or the host stops: <c>hello</c>, then <c>change</c> for each change and <c>alive</c> between.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken left)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        var tab = new Tab();
        Enter(tab);
        try
        {
            yield return new SseItem<string>(JsonSerializer.Serialize(new Hello(assets.Version), ApiJson.Plain.Hello), "hello");
            while (await NextAsync(tab, ends.Token).ConfigureAwait(false) is { } changes)
                yield return changes.IsEmpty
                    ? new SseItem<string>("{}", "alive")
                    : new SseItem<string>(JsonSerializer.Serialize(changes, ApiJson.Plain.LiveChanges), "change");
        }
        finally
        {
            Leave(tab);
        }
    }

    private static async Task<LiveChanges?> NextAsync(Tab tab, CancellationToken ends)
    {
        try
        {
            return await tab.NextAsync(ends).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Enter(Tab tab)
    {
        lock (_gate)
        {
            _tabs = _tabs.Add(tab);
            if (_looking)
                return;
            _looking = true;
            // Outside the request that happened to be the first.
            using (ExecutionContext.SuppressFlow())
                _ = LookAsync(Look());
        }
    }

    private void Leave(Tab tab)
    {
        lock (_gate)
            _tabs = _tabs.Remove(tab);
    }

    private bool EndWithoutTabs()
    {
        lock (_gate)
            return !(_looking = !_tabs.IsEmpty);
    }

    private async Task LookAsync(Observed seen)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        long told = time.GetTimestamp();
        while (!EndWithoutTabs() && await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            Observed now = Look();
            LiveChanges changes = now.Since(seen);
            seen = now;
            if (changes.IsEmpty && time.GetElapsedTime(told) < KeepAliveInterval)
                continue;
            told = time.GetTimestamp();
            foreach (Tab tab in _tabs)
                tab.Tell(changes);
        }
    }

    private Observed Look() => new(flags.Current, new Dictionary<string, RolloutCheck?>(rollouts.Checks), configuration.Current, store.Current);

    internal sealed record Hello(string Version);
}
