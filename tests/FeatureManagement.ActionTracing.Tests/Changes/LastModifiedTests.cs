using FeatureManagement.ActionTracing.Changes.Edits;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary><see cref="FlagStatus.LastModified"/> over restarts, over one file.</summary>
public sealed class LastModifiedTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "why");

    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        foreach (IDisposable opened in _opened)
            opened.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Restart_WithoutAnEdit_ChangesNoTimeAndWritesNothing()
    {
        FlagServices first = await StartAsync(Flag.Percentage("flag", 10), Flag.On("other"));
        DateTimeOffset configured = Day(0);
        _time.Advance(TimeSpan.FromDays(1));
        await first.Manager.UpdateFlagAsync("other", new FlagUpdate { State = FlagState.Disabled }, Change);
        Assert.Equal((configured, Day(1)), (At(first, "flag"), At(first, "other")));
        long written = await WrittenAsync();
        for (int i = 2; i < 5; i++)
        {
            await StopAsync(first);
            _time.Advance(TimeSpan.FromDays(1));
            first = await StartAsync(Flag.Percentage("flag", 10), Flag.On("other"));
            Assert.Equal((configured, Day(1)), (At(first, "flag"), At(first, "other")));
        }
        Assert.Equal(written, await WrittenAsync());
    }

    [Fact]
    public async Task Edit_WhileItRunsOrWhileItIsDown_IsTheTimeOfThatFlagAlone()
    {
        FlagServices first = await StartAsync(Flag.Percentage("flag", 10), Flag.On("other"));
        _time.Advance(TimeSpan.FromDays(1));
        first.Flags.Set(Flag.Percentage("flag", 20), Flag.On("other"));
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal((Day(1), Day(0)), (At(first, "flag"), At(first, "other")));
        await StopAsync(first);
        _time.Advance(TimeSpan.FromDays(1));
        FlagServices second = await StartAsync(Flag.Percentage("flag", 20), Flag.On("other") with { Description = "new" });
        Assert.Equal((Day(1), Day(2)), (At(second, "flag"), At(second, "other")));
    }

    [Fact]
    public async Task Edit_WhileTheStoreIsWritten_IsDatedAtTheNextPoll()
    {
        FlagServices? first = null;
        using var file = new SqliteStore(new SqliteFile(_directory.File("store.db"), null));
        var store = new SwitchedStore(file);
        first = new FlagServices([Flag.Percentage("flag", 10)], before: added => added.AddSingleton<IActionTracingStore>(store).AddSingleton<TimeProvider>(_time));
        store.BeforeCommit = commit =>
        {
            if (commit.Writes.Any(write => write.Key == ContentTimes.Key))
                first.Flags.Set(Flag.Percentage("flag", 20));
            return Task.CompletedTask;
        };
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        store.BeforeCommit = null;
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        await StopAsync(first);
        first.Dispose();
        _time.Advance(TimeSpan.FromDays(1));
        FlagServices second = await StartAsync(Flag.Percentage("flag", 20));
        Assert.Equal(Day(0), At(second, "flag"));
    }

    [Fact]
    public async Task Edit_BackToAnEarlierContent_IsAChange()
    {
        FlagServices first = await StartAsync(Flag.Percentage("flag", 10));
        _time.Advance(TimeSpan.FromDays(1));
        first.Flags.Set(Flag.Percentage("flag", 20));
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        _time.Advance(TimeSpan.FromDays(1));
        first.Flags.Set(Flag.Percentage("flag", 10));
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(Day(2), At(first, "flag"));
        first.Flags.Set(Flag.Percentage("flag", 20));
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        await StopAsync(first);
        _time.Advance(TimeSpan.FromDays(1));
        FlagServices second = await StartAsync(Flag.Percentage("flag", 10)); // while nothing ran
        Assert.Equal(Day(3), At(second, "flag"));
    }

    [Fact]
    public async Task Flag_ThatWasRemovedAndComesBack_HasChanged()
    {
        FlagServices first = await StartAsync(Flag.On("flag"), Flag.On("other"));
        _time.Advance(TimeSpan.FromDays(1));
        first.Flags.Set(Flag.On("other"));
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        _time.Advance(TimeSpan.FromDays(1));
        first.Flags.Set(Flag.On("flag"), Flag.On("other"));
        await first.Get<StoreSynchronizer>().SyncAsync(default);
        await StopAsync(first);
        Assert.Equal((Day(2), Day(0)), await StartAsync(Flag.On("flag"), Flag.On("other")) is var second ? (At(second, "flag"), At(second, "other")) : default);
    }

    [Fact]
    public async Task TwoInstances_WithDifferentContent_KeepTheirOwnTimesAndDoNotWriteInTurn()
    {
        FlagServices old = await StartAsync(Flag.Percentage("flag", 10), Flag.On("gone"));
        _time.Advance(TimeSpan.FromDays(1));
        FlagServices young = await StartAsync(Flag.Percentage("flag", 20));
        Assert.Equal((Day(0), Day(1)), (At(old, "flag"), At(young, "flag")));
        long written = await WrittenAsync();
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            await StopAsync(old);
            old = await StartAsync(Flag.Percentage("flag", 10), Flag.On("gone"));
            await StopAsync(young);
            young = await StartAsync(Flag.Percentage("flag", 20));
            await old.Get<StoreSynchronizer>().SyncAsync(default);
        }
        Assert.Equal((Day(0), Day(0), Day(1)), (At(old, "flag"), At(old, "gone"), At(young, "flag")));
        Assert.Equal(written, await WrittenAsync());
    }

    [Fact]
    public async Task Start_NotifiesNoWatcher()
    {
        await StopAsync(await StartAsync(Flag.On("flag")));
        _time.Advance(TimeSpan.FromDays(1));
        FlagServices second = Open(Flag.On("flag"));
        int calls = 0;
        using IDisposable watch = second.Manager.WatchFlag("flag", _ => calls++);
        await second.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(Day(0), At(second, "flag"));
        await second.Manager.UpdateFlagAsync("flag", new FlagUpdate { State = FlagState.Disabled }, Change);
        Eventually.True(() => calls > 0, () => "The watcher was not notified of the update.");
        Assert.Equal(1, calls);
    }

    private static DateTimeOffset At(FlagServices services, string flag) => services.Manager.GetFlag(flag)!.LastModified;

    private static DateTimeOffset Day(int day) => new(2026, 1, 1 + day, 0, 0, 0, TimeSpan.Zero);

    private async Task<long> WrittenAsync()
    {
        using var store = new SqliteStore(new SqliteFile(_directory.File("store.db"), null));
        return Assert.Single((await store.State.ReadAsync(ContentTimes.Key, 0, default)).Documents).Version;
    }

    private async Task<FlagServices> StartAsync(params FlagDefinition[] flags)
    {
        FlagServices services = Open(flags);
        await services.Get<StoreSynchronizer>().SyncAsync(default);
        return services;
    }

    private static Task StopAsync(FlagServices services) => services.Provider.GetServices<IHostedService>().OfType<StoreSync>().Single().StopAsync(default);

    private FlagServices Open(params FlagDefinition[] flags)
    {
        var store = new SqliteStore(new SqliteFile(_directory.File("store.db"), null));
        var services = new FlagServices(flags, before: added => added.AddSingleton<IActionTracingStore>(store).AddSingleton<TimeProvider>(_time));
        _opened.AddRange([services, store]);
        return services;
    }
}
