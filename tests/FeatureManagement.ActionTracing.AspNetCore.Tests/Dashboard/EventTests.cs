using System.Net.ServerSentEvents;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;
using FeatureManagement.ActionTracing.Rollouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Word of changes, as open pages get it.</summary>
public class EventTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Events_AFlagIsKilled_NamesItToEveryPage()
    {
        await using WebHost host = await StartAsync();
        await using Listener first = await Listener.OpenAsync(host);
        await using Listener second = await Listener.OpenAsync(host);
        await host.Services.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync("layout", new FlagChange("maria", "It burns."));
        _time.Advance(ChangeFeed.PollInterval);
        Assert.StartsWith("""{"flags":["layout"],""", (await first.NextAsync()).Data, StringComparison.Ordinal);
        Assert.StartsWith("""{"flags":["layout"],""", (await second.NextAsync()).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_AParentStops_NamesWhatStopsWithIt()
    {
        await using WebHost host = await StartAsync();
        await using Listener page = await Listener.OpenAsync(host);
        await host.Services.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync("checkout", new FlagChange("maria", "It burns."));
        _time.Advance(ChangeFeed.PollInterval);
        string data = (await page.NextAsync()).Data;
        Assert.Contains("\"checkout\"", data, StringComparison.Ordinal);
        Assert.Contains("\"layout\"", data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ConfigurationIsRejectedOrHasOtherFlags_SaysWhatToAskFor()
    {
        await using WebHost host = await StartAsync();
        await using Listener page = await Listener.OpenAsync(host);
        Set(host, "checkout:percentage", "140");
        _time.Advance(ChangeFeed.PollInterval);
        Assert.Equal(("change", """{"flags":[],"rollouts":[],"status":true}"""), await page.NextAsync());

        Set(host, "checkout:percentage", "14");
        Set(host, "another:type", "boolean");
        Set(host, "another:state", "enabled");
        _time.Advance(ChangeFeed.PollInterval);
        Assert.Equal(("change", """{"rollouts":[],"status":true}"""), await page.NextAsync());
    }

    [Fact]
    public async Task Events_ARolloutIsChecked_NamesItAndNoFlag()
    {
        await using WebHost host = await StartAsync();
        await using Listener page = await Listener.OpenAsync(host);
        await host.Services.GetRequiredService<IRolloutManager>().StartAsync("checkout", new FlagChange("maria", "launch"));
        _time.Advance(ChangeFeed.PollInterval);
        Assert.StartsWith("""{"flags":["checkout"],"rollouts":[],""", (await page.NextAsync()).Data, StringComparison.Ordinal);
        await host.Services.GetRequiredService<RolloutLoop>().TickAsync(default);
        _time.Advance(ChangeFeed.PollInterval);
        Assert.Equal(("change", """{"flags":[],"rollouts":["checkout"],"status":false}"""), await page.NextAsync());
    }

    [Fact]
    public async Task Events_NothingHappens_SaysThatItIsAlive()
    {
        await using WebHost host = await StartAsync();
        await using Listener page = await Listener.OpenAsync(host);
        _time.Advance(ChangeFeed.KeepAliveInterval);
        Assert.Equal(("alive", "{}"), await page.NextAsync());
    }

    [Fact]
    public async Task Events_TheHostStops_End()
    {
        await using WebHost host = await StartAsync();
        await using Listener page = await Listener.OpenAsync(host);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Null((await page.NextAsync()).Name);
    }

    [Fact]
    public void Changes_NotYetTold_BecomeOne()
    {
        LiveChanges one = LiveChanges.Of(["a"], ["c"], false).And(LiveChanges.Of(["b"], ["d"], true)).And(LiveChanges.None);
        Assert.Equal(["a", "b"], one.Flags!.Order());
        Assert.Equal(["c", "d"], one.Rollouts.Order());
        Assert.True(one.Status);
        Assert.Null(one.And(LiveChanges.Of(null, [], false)).Flags);
        Assert.Null(LiveChanges.Of([.. Enumerable.Range(0, 21).Select(i => $"flag{i}")], [], false).Flags);
        Assert.True(LiveChanges.None.IsEmpty);
        Assert.False(LiveChanges.Of(null, [], false).IsEmpty);
        Assert.False(LiveChanges.Of([], ["a"], false).IsEmpty);
    }

    private static void Set(WebHost host, string setting, string value)
    {
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["ActionTracing:featureFlags:" + setting] = value;
        configuration.Reload();
    }

    private Task<WebHost> StartAsync() => WebHost.StartAsync(
        services: services => services.AddSingleton<TimeProvider>(_time),
        map: app => app.MapActionTracing("/action-tracing").AllowAnonymous());

    private sealed class Listener : IAsyncDisposable
    {
        private readonly Stream _stream;
        private readonly IAsyncEnumerator<SseItem<string>> _events;

        private Listener(Stream stream) => (_stream, _events) = (stream, SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator());

        public static async Task<Listener> OpenAsync(WebHost host)
        {
            var listener = new Listener(await host.Client.GetStreamAsync("api/events"));
            Assert.Equal("hello", (await listener.NextAsync()).Name);
            return listener;
        }

        public async Task<(string? Name, string Data)> NextAsync() => await _events.MoveNextAsync() ? (_events.Current.EventType, _events.Current.Data) : (null, "");

        public async ValueTask DisposeAsync()
        {
            await _events.DisposeAsync();
            await _stream.DisposeAsync();
        }
    }
}
