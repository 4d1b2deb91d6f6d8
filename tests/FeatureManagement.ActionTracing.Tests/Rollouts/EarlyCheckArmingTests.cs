using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>When early checks are armed, and what they do not wait for.</summary>
public sealed class EarlyCheckArmingTests
{
    private const string Half = "\"startPercentage\": 50, \"duration\": \"01:00:00\"";
    private const EarlyCheck Both = EarlyCheck.Absolute | EarlyCheck.Comparison;

    private readonly SwitchedStore _store = new();
    private readonly ArmedSource _source = new();

    [Fact]
    public async Task ResumeInTheMiddleOfAStep_LeavesTheWindowOfTheComparison()
    {
        using RolloutHost host = Start();
        RolloutLoop loop = host.Get<RolloutLoop>();
        await host.StartAsync();
        await loop.CatchUpAsync(default);
        Assert.Equal([("checkout", Both)], _source.Armed);
        await host.Rollouts.PauseAsync(RolloutHost.Name, RolloutHost.Ada);
        await loop.CatchUpAsync(default);
        await host.Rollouts.ResumeAsync(RolloutHost.Name, RolloutHost.Ada);
        await loop.CatchUpAsync(default);
        Assert.True(_source.Armed.Count > 1);
        Assert.All(_source.Armed.Skip(1), armed => Assert.Equal(EarlyCheck.Absolute, armed.Check));
    }

    [Fact]
    public async Task StoreDown_TheNextEarlyCheckIsArmedAllTheSame()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.TickAsync();
        _store.Fault = new IOException("down");
        int before = _source.Armed.Count;
        host.Time.Advance(RolloutHost.Interval);
        await host.Get<RolloutLoop>().TickAsync(default);
        Assert.True(host.Status.IsOnHold);
        Assert.Equal([("checkout", Both)], _source.Armed.Skip(before));
    }

    [Fact]
    public async Task SourceFails_TheNextEarlyCheckIsArmedAllTheSame()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.TickAsync();
        _source.Finds = ScriptedSource.Found.Nothing;
        int before = _source.Armed.Count;
        await host.TickAsync();
        Assert.True(host.Status.IsOnHold);
        Assert.Equal([("checkout", Both)], _source.Armed.Skip(before));
    }

    [Theory]
    [InlineData(EarlyCheck.Absolute, false)]
    [InlineData(EarlyCheck.Comparison, true)]
    public async Task EarlyCheck_JudgesTheComparison_OnlyWhereThatIsDue(object due, bool rolledBack)
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.TickAsync();
        await host.Get<RolloutLoop>().CatchUpAsync(default);
        _source.Finds = ScriptedSource.Found.Regression;
        host.Time.Advance(TimeSpan.FromSeconds(2));
        int before = _source.Armed.Count;
        _source.Call(RolloutHost.Name, (EarlyCheck)due);
        await host.Get<RolloutLoop>().CatchUpAsync(default);
        Assert.Equal(rolledBack, host.Status.EndedAt is not null);
        // One that found nothing is due again, for the same reason.
        if (!rolledBack)
            Assert.Equal([("checkout", (EarlyCheck)due)], _source.Armed.Skip(before));
    }

    [Fact]
    public async Task EarlyCheck_WhileTheSourceFails_ArmsNothing()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.TickAsync();
        await host.Get<RolloutLoop>().CatchUpAsync(default);
        _source.Finds = ScriptedSource.Found.Nothing;
        host.Time.Advance(TimeSpan.FromSeconds(2));
        int before = _source.Armed.Count;
        _source.Call(RolloutHost.Name);
        await host.Get<RolloutLoop>().CatchUpAsync(default);
        Assert.Equal(before, _source.Armed.Count);
        Assert.Null(host.Status.EndedAt);
    }

    [Fact]
    public async Task Step_IsArmedAtOnce()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.TickAsync();
        int before = _source.Armed.Count;
        await host.TickAsync();
        Assert.Single(host.Status.History);
        int withoutStep = _source.Armed.Count - before;
        for (int tick = 0; tick < 100 && host.Status.History.Count == 1; tick++)
        {
            before = _source.Armed.Count;
            await host.TickAsync();
        }
        Assert.True(host.Status.CurrentPercentage > 50);
        Assert.Equal(withoutStep + 1, _source.Armed.Count - before);
    }

    [Fact]
    public async Task Start_LogsItsGuardsBeforeTheFirstCheck_AndOnlyChangesAfterIt()
    {
        using var host = new RolloutHost(
            Half, store: _store, configure: services => services.AddSingleton<IRolloutMetricsSource>(_source).AddFakeLogging());
        await host.StartAsync();
        await host.Get<RolloutLoop>().CatchUpAsync(default);
        IEnumerable<FakeLogRecord> Guards() => host.Get<FakeLogCollector>().GetSnapshot().Where(entry => entry.Id.Name == "RolloutGuards");
        Assert.EndsWith("and an error rate of 10 % behind gates of the flag.", Assert.Single(Guards()).Message, StringComparison.Ordinal);
        await host.TickAsync();
        await host.TickAsync();
        // Now users are compared, which is said once too.
        FakeLogRecord change = Assert.Single(Guards().Skip(1));
        Assert.Equal("Rollout of flag 'checkout': Guarded by the comparison with control.", change.Message);
    }

    [Fact]
    public async Task Stop_DuringACheck_EndsIt_AndPutsNothingOnHold()
    {
        using RolloutHost host = Start();
        await host.StartAsync();
        await host.TickAsync();
        _source.Hung = RolloutHost.Name;
        using var stop = new CancellationTokenSource();
        Task tick = host.Get<RolloutLoop>().TickAsync(stop.Token);
        Assert.False(tick.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tick);
        Assert.False(host.Status.IsOnHold);
    }

    [Fact]
    public async Task CheckOfOneFlagThatHangs_DelaysNoEarlyCheckOfAnother()
    {
        const string Layout = """ "layout": { "type": "percentage", "state": "disabled", "rolloutConfig": { "duration": "00:30:00" } }, """;
        using RolloutHost host = Start();
        host.Edit(Half, others: Layout);
        RolloutLoop loop = host.Get<RolloutLoop>();
        await host.StartAsync();
        await host.Rollouts.StartAsync("layout", RolloutHost.Ada, null);
        await loop.CatchUpAsync(default);
        _source.Hung = RolloutHost.Name;
        Task tick = loop.TickAsync(default);
        Assert.False(tick.IsCompleted);

        host.Get<DueChecks>().Forget("layout");
        int before = _source.Armed.Count;
        _source.Call("layout");
        await loop.CatchUpAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
        lock (_source.Armed)
            Assert.Contains(("layout", Both), _source.Armed.Skip(before));
        Assert.False(tick.IsCompleted);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await tick;
    }

    [Fact]
    public async Task Restart_KeepsHowAlphaWasDivided()
    {
        var store = new InMemoryStore();
        using (var before = new RolloutHost(Half, store: store))
        {
            await before.StartAsync();
            await before.TickAsync(new Traffic { ExposedErrors = 0, ControlErrors = 0 }, users: 40); // actions that compare come first
        }
        using var host = new RolloutHost(Half, store: store);
        RolloutLoop loop = host.Get<RolloutLoop>();
        await loop.CatchUpAsync(default);
        Traffic gated = new() { IsGated = true, ExposedErrors = 0, ControlErrors = 0 };
        string[] users = [.. Enumerable.Range(0, 100).Select(i => $"late{i}").Where(user => host.Flags.IsEnabled(RolloutHost.Name, new FeatureFlagContext { UserId = user })).Take(4)];
        // Enough for nine tenths of alpha, and not for one.
        host.Act(gated, users[0]);
        foreach (string user in users.Skip(1))
            host.Act(gated with { ExposedErrors = 1 }, user);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await loop.CatchUpAsync(default);
        Assert.Null(host.Status.EndedAt);
    }

    private RolloutHost Start() => new(Half, store: _store, configure: services => services.AddSingleton<IRolloutMetricsSource>(_source));
}
