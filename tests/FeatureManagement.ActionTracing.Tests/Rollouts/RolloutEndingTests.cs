using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>What has ended stays ended, also where another caller changes it at the same time.</summary>
public class RolloutEndingTests
{
    private const string Old = "\"duration\": \"00:30:00\", \"autoStart\": true";
    private const string New = "\"duration\": \"00:45:00\", \"autoStart\": true";
    private const string Disabled = "\"state\": \"disabled\"";
    private const string Seven = "\"state\": \"rollout\", \"percentage\": 7";

    private readonly SwitchedStore _store = new();

    [Fact]
    public async Task AutoStart_EditedWhileItRan_AClearedKillDoesNotStartItAgain()
    {
        using var host = new RolloutHost(Old);
        await host.TickAsync();
        string id = host.Status.Id;
        host.Edit(Old + ", \"maxHold\": \"00:10:00\"");
        await host.TickAsync();
        await host.Flags.EmergencyShutdownAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.TickAsync();
        await host.Flags.ClearEmergencyAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.TickAsync();
        Assert.Equal((id, RolloutPhase.RolledBack, FlagState.Disabled), (host.Status.Id, host.Status.Phase, host.Flag.Definition.State));

        host.Edit(New);
        await host.TickAsync();
        Assert.NotEqual(id, host.Status.Id);
    }

    [Fact]
    public async Task AutoStart_EditedWhileItRan_AnEditThatEndsItDoesNotStartItAgain()
    {
        using var host = new RolloutHost(Old);
        await host.TickAsync();
        string id = host.Status.Id;
        host.Edit(New);
        await host.TickAsync();
        host.Edit(New, Seven);
        await host.TickAsync();
        await host.TickAsync();
        Assert.Equal((id, RolloutPhase.RolledBack, 7m), (host.Status.Id, host.Status.Phase, host.Flag.Definition.Percentage));
    }

    [Fact]
    public async Task AutoStart_DuringAnEmergency_SaysSoOnceAndStartsWhenItHasEnded()
    {
        using var host = new RolloutHost(Old, configure: services => services.AddLogging(logging => logging.AddFakeLogging()));
        await host.Flags.EmergencyShutdownAsync(RolloutHost.Name, RolloutHost.Ada);
        for (int i = 0; i < 5; i++)
            await host.TickAsync();
        Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 404);
        await host.Flags.ClearEmergencyAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.TickAsync();
        Assert.Single(host.Rollouts.GetActive());
    }

    [Fact]
    public async Task AutoStart_TwoProcessesOfTwoReleases_StartEachContentOnce()
    {
        using var old = new RolloutHost(Old, store: _store);
        using var @new = new RolloutHost(New, time: old.Time, store: _store);
        for (int i = 0; i < 6; i++)
        {
            await old.TickAsync();
            await @new.TickAsync();
            if (@new.Rollouts.GetActive().Count > 0)
                await @new.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        }
        IReadOnlyList<AuditEntry> entries = await _store.ReadAuditAsync(new AuditQuery { Flag = RolloutHost.Name }, default);
        Assert.InRange(entries.Count(entry => entry.Action == "rollout_started"), 1, 2);
        await old.TickAsync();
        Assert.Empty(old.Rollouts.GetActive());
    }

    [Fact]
    public async Task AutoStart_BackToAContentThatHasHadItsRollout_DoesNotStart()
    {
        using var host = new RolloutHost(Old);
        foreach (string content in new[] { Old, New })
        {
            host.Edit(content);
            await host.TickAsync();
            await host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        }
        host.Edit(Old);
        await host.TickAsync();
        Assert.Empty(host.Rollouts.GetActive());
    }

    [Fact]
    public async Task AutoStart_RecordThatKnowsOneContent_IsRead()
    {
        using var before = new RolloutHost(Old);
        string had = PlanFingerprint.Of(before.Get<IFlagCatalogSource>().Catalog.Flags[RolloutHost.Name].RolloutConfig)!;
        await _store.CommitAsync(new StoreCommit([new DocumentWrite(FlagRecords.KeyOf(RolloutHost.Name), $$"""{"autoStarted":"{{had}}","at":"2025-12-31T00:00:00+00:00"}""", 0)], []), default);
        using var host = new RolloutHost(Old, store: _store);
        await host.TickAsync();
        Assert.Empty(host.Rollouts.GetActive());
        host.Edit(New);
        await host.TickAsync();
        Assert.Single(host.Rollouts.GetActive());
    }

    [Fact]
    public async Task RollBack_WhileACompletionIsBeingWritten_Holds()
    {
        using var host = new RolloutHost(store: _store);
        await host.Flags.UpdateFlagAsync(RolloutHost.Name, new FlagUpdate { State = FlagState.Canary, Percentage = 3 }, RolloutHost.Ada);
        await host.StartAsync();
        Task<RolloutStatus>? rollback = null;
        _store.BeforeCommit = _ =>
        {
            _store.BeforeCommit = null;
            rollback = host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
            return Task.CompletedTask;
        };
        await host.Rollouts.CompleteAsync(RolloutHost.Name, RolloutHost.Ada);
        await rollback!;
        Assert.Equal((RolloutPhase.RolledBack, FlagState.Canary, 3m), (host.Status.Phase, host.Flag.Definition.State, host.Flag.Definition.Percentage));
        using var again = new RolloutHost(time: host.Time, store: _store);
        await again.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal((RolloutPhase.RolledBack, FlagState.Canary, 3m), (again.Status.Phase, again.Flag.Definition.State, again.Flag.Definition.Percentage));
        IReadOnlyList<AuditEntry> entries = await _store.ReadAuditAsync(new AuditQuery { Flag = RolloutHost.Name }, default);
        Assert.Equal(["rollout_rolled_back", "rollout_completed"], entries.Take(2).Select(entry => entry.Action));
    }

    [Fact]
    public async Task RollBack_CompletedAndChangedElsewhere_IsRefusedAndSaysSo()
    {
        using var one = new RolloutHost(store: _store);
        using var two = new RolloutHost(time: one.Time, store: _store);
        await one.StartAsync();
        await two.Get<StoreSynchronizer>().SyncAsync(default);
        await two.Rollouts.CompleteAsync(RolloutHost.Name, RolloutHost.Ada);
        one.Time.Advance(TimeSpan.FromMilliseconds(1));
        await two.Flags.UpdateFlagAsync(RolloutHost.Name, new FlagUpdate { State = FlagState.Rollout, Percentage = 50 }, RolloutHost.Ada);
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => one.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada));
        Assert.Equal(FlagChangeError.Conflict, refused.Error);
        Assert.Contains("was completed by another user", refused.Message, StringComparison.Ordinal);
        Assert.Equal(50, one.Flag.Definition.Percentage);
    }

    [Fact]
    public async Task Regression_FoundWhereACompletionElsewhereIsNotKnown_IsRolledBack()
    {
        const string Half = "\"startPercentage\": 50, \"rollbackTo\": \"disabled\", \"safetyThresholds\": { \"maxErrorRate\": 0.1 }";
        var source = new ScriptedSource { Finds = ScriptedSource.Found.Regression };
        using var one = new RolloutHost(Half, store: _store, configure: services => services.AddSingleton<IRolloutMetricsSource>(source));
        using var two = new RolloutHost(Half, time: one.Time, store: _store);
        await one.StartAsync();
        await two.Get<StoreSynchronizer>().SyncAsync(default);
        await two.Rollouts.CompleteAsync(RolloutHost.Name, RolloutHost.Ada);
        await one.Get<RolloutLoop>().TickAsync(default);
        await two.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal((RolloutPhase.RolledBack, FlagState.Disabled), (two.Status.Phase, two.Flag.Definition.State));
    }

    [Fact]
    public async Task Pause_SourceThatFailsAtLength_Pauses()
    {
        using var host = new RolloutHost("\"maxHold\": \"00:01:00\"", configure: services => services.AddSingleton<IRolloutMetricsSource>(new LongWinded()));
        await host.StartAsync();
        await host.RunAsync(10);
        Assert.Equal(RolloutPhase.Paused, host.Status.Phase);
        Assert.InRange(host.Status.Reason.Length, FlagChange.MaxLength / 2, FlagChange.MaxLength);
    }

    [Fact]
    public async Task PlannedStart_LongestReason_Begins()
    {
        using var host = new RolloutHost("\"startAt\": \"2026-01-01T00:01:00Z\"", Disabled, store: _store);
        await host.Rollouts.StartAsync(RolloutHost.Name, new FlagChange("ada", string.Concat(Enumerable.Repeat("😀", FlagChange.MaxLength / 2))));
        await host.RunAsync(7);
        Assert.Equal(RolloutPhase.Canary, host.Status.Phase);
        AuditEntry entry = (await _store.ReadAuditAsync(new AuditQuery { Flag = RolloutHost.Name }, default))[0];
        Assert.StartsWith("planned for 2026-01-01 00:01:00Z: 😀", entry.Reason, StringComparison.Ordinal);
        Assert.EndsWith("😀…", entry.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:01:00")]
    [InlineData("01:00:00")]
    public async Task EditOfTheThresholdWindow_WhileItRuns_ChangesNothing(string window)
    {
        var source = new Windows();
        using var host = new RolloutHost(Limits("00:10:00", "0.9"), configure: services => services.AddSingleton<IRolloutMetricsSource>(source));
        await host.StartAsync();
        await host.RunAsync(3);
        host.Edit(Limits(window, "0.1"));
        await host.TickAsync();
        Assert.Equal([TimeSpan.FromMinutes(10)], source.Asked);
        Assert.EndsWith("in the last 00:10:00; at most 10 % is allowed", host.Status.Reason, StringComparison.Ordinal);

        static string Limits(string window, string rate) =>
            $$"""
            "guard": false, "startPercentage": 50, "safetyThresholds": { "thresholdWindow": "{{window}}", "maxErrorRate": {{rate}} }
            """;
    }

    private sealed class LongWinded : IRolloutMetricsSource
    {
        public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken) => throw new InvalidOperationException(new string('x', 5_000));

        public void Forget(string flag)
        {
        }
    }

    private sealed class Windows : IRolloutMetricsSource
    {
        private readonly ScriptedSource _source = new() { Finds = ScriptedSource.Found.Regression };

        public HashSet<TimeSpan> Asked { get; } = [];

        public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken)
        {
            Asked.Add(query.Window);
            return _source.ReadAsync(query, cancellationToken);
        }

        public void Forget(string flag) => _source.Forget(flag);
    }
}
