using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>The decision of a safety check, from a record, a ledger, a verdict and times alone.</summary>
public class RolloutDecisionTests
{
    private static readonly FeatureFlagSettings Settings = new()
    {
        SafetyInterval = TimeSpan.FromSeconds(10),
        ProgressionInterval = TimeSpan.FromMinutes(5),
    };

    private static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RolloutRecord Record = Simulation.Record(1, new RolloutConfig());

    [Fact]
    public void Healthy_AfterTheSourceWasUnavailable_ResetsThatTimeAndEndsTheHold()
    {
        RolloutLedger before = Ledger with
        {
            Unavailable = TimeSpan.FromSeconds(20),
            Hold = new RolloutHold(VerdictKind.SourceUnavailable, "late", Start),
        };
        RolloutLedger after = Decide(before, VerdictKind.Healthy).Ledger;
        Assert.Equal((TimeSpan.Zero, null), (after.Unavailable, after.Hold));
    }

    [Fact]
    public void Unavailable_AgainAfterAHealthyCheck_HasTheWholeOfMaxHold()
    {
        RolloutLedger ledger = Decide(Ledger with { Unavailable = TimeSpan.FromSeconds(20) }, VerdictKind.Healthy).Ledger;
        Assert.Equal(RolloutDecisionKind.None, Decide(ledger, VerdictKind.SourceUnavailable).Kind);
    }

    [Fact]
    public void Unavailable_AfterAnotherHold_CountsItsOwnTimeOnly()
    {
        RolloutLedger ledger = Decide(Ledger with { Unavailable = TimeSpan.FromSeconds(20) }, VerdictKind.TooFewSamples).Ledger;
        Assert.Equal(TimeSpan.Zero, ledger.Unavailable);
    }

    [Theory]
    [InlineData(19, RolloutDecisionKind.None)]
    [InlineData(20, RolloutDecisionKind.Pause)]
    public void Unavailable_ForExactlyMaxHold_Pauses(int seconds, object kind)
    {
        RolloutDecision decision = Decide(Ledger with { Unavailable = TimeSpan.FromSeconds(seconds) }, VerdictKind.SourceUnavailable);
        Assert.Equal((kind, TimeSpan.FromSeconds(seconds + 10)), (decision.Kind, decision.Ledger.Unavailable));
    }

    [Fact]
    public void Unavailable_WhilePaused_PausesNoSecondTime() =>
        Assert.Equal(RolloutDecisionKind.None, Decide(
            Ledger with { Unavailable = MaxHold }, VerdictKind.SourceUnavailable, Record with { Phase = RolloutPhase.Paused }).Kind);

    [Fact]
    public void Hold_OfTheSameKind_KeepsItsStartAndTakesTheNewReason()
    {
        RolloutLedger before = Ledger with { Hold = new RolloutHold(VerdictKind.TooFewSamples, "100 more", Start) };
        Assert.Equal(new RolloutHold(VerdictKind.TooFewSamples, "because", Start), Decide(before, VerdictKind.TooFewSamples).Ledger.Hold);
    }

    [Fact]
    public void Hold_OfAnotherKind_BeginsNow()
    {
        RolloutLedger before = Ledger with { Hold = new RolloutHold(VerdictKind.TooFewSamples, "100 more", Start) };
        var expected = new RolloutHold(VerdictKind.FlagOff, "because", Start + TimeSpan.FromHours(1));
        Assert.Equal(expected, Decide(before, VerdictKind.FlagOff).Ledger.Hold);
    }

    [Fact]
    public void Healthy_AfterALongTime_AddsTwoIntervalsAtMost() =>
        Assert.Equal(TimeSpan.FromSeconds(20), Decide(Ledger, VerdictKind.Healthy, elapsed: TimeSpan.FromHours(1)).Ledger.MonitoredTime);

    [Theory]
    [InlineData(289, RolloutDecisionKind.None)]
    [InlineData(290, RolloutDecisionKind.Step)]
    public void Healthy_AfterExactlyTheProgressionInterval_Steps(int seconds, object kind) =>
        Assert.Equal(kind, Decide(Ledger with { MonitoredTime = TimeSpan.FromSeconds(seconds) }, VerdictKind.Healthy).Kind);

    [Theory]
    [InlineData(10, RolloutDecisionKind.Complete)]
    [InlineData(11, RolloutDecisionKind.Step)]
    public void Healthy_AfterExactlyTheDuration_Completes(int before, object kind) =>
        Assert.Equal(kind, Decide(
            Ledger with { MonitoredTime = TimeSpan.FromHours(24) - TimeSpan.FromSeconds(before) }, VerdictKind.Healthy).Kind);

    [Fact]
    public void Healthy_WhilePaused_AddsNoTime() =>
        Assert.Equal(Ledger.MonitoredTime, Decide(Ledger, VerdictKind.Healthy, Record with { Phase = RolloutPhase.Paused }).Ledger.MonitoredTime);

    [Fact]
    public void Regressed_AtAnyTime_RollsBackAndSaysWhy()
    {
        RolloutDecision decision = Decide(Ledger, VerdictKind.Regressed, Record with { Phase = RolloutPhase.Paused });
        Assert.Equal((RolloutDecisionKind.RollBack, "because"), (decision.Kind, decision.Reason));
    }

    private static RolloutLedger Ledger => new() { Id = Record.Id };

    private static RolloutDecision Decide(
        RolloutLedger ledger, VerdictKind verdict, RolloutRecord? record = null, TimeSpan? elapsed = null) => RolloutDecision.Decide(
            record ?? Record, ledger, new RolloutVerdict(verdict, "because"), elapsed ?? TimeSpan.FromSeconds(10), MaxHold, Settings,
            Start + TimeSpan.FromHours(1));
}
