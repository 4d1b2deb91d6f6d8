using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>Dates and durations reach 100 years, and what reaches beyond that, in a store of an earlier release, is still shown.</summary>
public sealed class RolloutBoundsTests
{
    private static readonly TimeSpan Century = RolloutBounds.Century;

    public static TheoryData<string> Beyond => ["startAt", "past", "duration", "schedule.after", "slowThreshold", "maxHold", "safetyThresholds.thresholdWindow"];

    [Theory]
    [MemberData(nameof(Beyond))]
    public async Task Start_BeyondTheBounds_IsRefusedAndNothingIsStored(string field)
    {
        using var host = new RolloutHost();
        DateTimeOffset now = host.Time.GetUtcNow();
        TimeSpan tooLong = Century + TimeSpan.FromTicks(1);
        RolloutConfig plan = field switch
        {
            "startAt" => new() { StartAt = DateTimeOffset.MaxValue },
            "past" => new() { StartAt = now.AddYears(-101) },
            "duration" => new() { Duration = TimeSpan.MaxValue },
            "schedule.after" => new() { Type = RolloutType.Custom, Schedule = [new(TimeSpan.Zero, 1), new(tooLong, 100)] },
            "slowThreshold" => new() { SlowThreshold = tooLong },
            "maxHold" => new() { MaxHold = TimeSpan.MaxValue },
            _ => new() { SafetyThresholds = new() { ThresholdWindow = TimeSpan.MaxValue } },
        };
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => host.StartAsync(plan));
        Assert.Equal(FlagChangeError.Invalid, refused.Error);
        Assert.StartsWith($"Flag 'checkout': rolloutConfig.{(field == "past" ? "startAt" : field)} is ", refused.Message, StringComparison.Ordinal);
        Assert.Throws<FlagChangeException>(() => host.Rollouts.Preview(RolloutHost.Name, plan));
        Assert.Null(host.Rollouts.GetStatus(RolloutHost.Name));
    }

    [Fact]
    public async Task Start_AtTheBounds_IsShownWithItsDates()
    {
        using var host = new RolloutHost();
        var plan = new RolloutConfig { StartAt = host.Time.GetUtcNow() + Century, Duration = Century };
        RolloutStatus planned = await host.StartAsync(plan);
        Assert.Equal(plan.StartAt + Century, planned.EstimatedCompletion);
        Assert.Equal(plan.StartAt + Century, host.Rollouts.Preview(RolloutHost.Name, plan)[^1].At);
        await host.TickAsync();
        Assert.Equal(RolloutPhase.Planned, host.Status.Phase);
    }

    // A clock that is wrong, or far from now.
    [Fact]
    public async Task Start_NearTheEndOfTheCalendar_EndsWithIt()
    {
        using var host = new RolloutHost(time: new FakeTimeProvider(DateTimeOffset.MaxValue.AddDays(-1)));
        var plan = new RolloutConfig { Duration = Century };
        Assert.Equal(DateTimeOffset.MaxValue, host.Rollouts.Preview(RolloutHost.Name, plan)[^1].At);
        Assert.Equal(DateTimeOffset.MaxValue, (await host.StartAsync(plan)).EstimatedCompletion);
    }

    [Fact]
    public void Add_BeyondTheCalendar_Saturates()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        Assert.Equal(DateTimeOffset.MaxValue, RolloutBounds.Add(now, TimeSpan.MaxValue));
        Assert.Equal(DateTimeOffset.MinValue, RolloutBounds.Add(now, TimeSpan.MinValue + TimeSpan.FromTicks(1)));
        Assert.Equal(DateTimeOffset.MaxValue, RolloutBounds.Add(DateTimeOffset.MaxValue, TimeSpan.FromTicks(1)));
        Assert.Equal(now.AddDays(-1), RolloutBounds.Add(now, TimeSpan.FromDays(-1)));
    }

    [Theory]
    [InlineData("\"startedAt\": \"9999-12-31T23:59:59Z\", \"plan\": { }")]
    [InlineData("\"startedAt\": \"2026-01-01T00:00:00Z\", \"plan\": { \"duration\": \"10675199.02:48:05.4775807\" }")]
    [InlineData("\"startedAt\": \"2026-01-01T00:00:00Z\", \"plan\": { \"duration\": \"00:00:00\" }")]
    public async Task Status_OfARecordThatNoReleaseShouldHaveStored_BreaksNoList(string record)
    {
        var store = new InMemoryStore();
        string over = "{ \"type\": \"percentage\", \"state\": \"disabled\", \"percentage\": 0 }";
        await store.State.CommitAsync(new StoreCommit([new DocumentWrite(FlagRecords.KeyOf(RolloutHost.Name), $$"""
            { "rollout": { "id": "x", "start": 1, "percentage": 1, "over": {{over}}, "phase": "planned", "actor": "eve", "reason": "r", {{record}} } }
            """, null)], []), default);
        using var host = new RolloutHost(store: store, others: "\"healthy\": { \"type\": \"percentage\", \"state\": \"disabled\" },");
        await host.Rollouts.StartAsync("healthy", RolloutHost.Ada);
        Assert.Equal(["checkout", "healthy"], host.Rollouts.GetActive().Select(status => status.Flag));
        Assert.Null(host.Status.Fault);
        Assert.InRange(host.Status.Progress, 0, 1);
        Assert.NotNull(host.Flags.GetRolloutProgress(RolloutHost.Name));
        Assert.Equal(RolloutPhase.RolledBack, (await host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada)).Phase);
    }
}
