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
    public void Healthy_WhilePaused_AddsNoTime()
    {
        RolloutRecord paused = Record with { Phase = RolloutPhase.Paused };
        Assert.Equal(Ledger.MonitoredTime, Decide(Ledger, VerdictKind.Healthy, paused).Ledger.MonitoredTime);
    }

    [Fact]
    public void Regressed_AtAnyTime_RollsBackAndSaysWhy()
    {
        RolloutDecision decision = Decide(Ledger, VerdictKind.Regressed, Record with { Phase = RolloutPhase.Paused });
        Assert.Equal((RolloutDecisionKind.RollBack, "because"), (decision.Kind, decision.Reason));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(20, 20)]
    [InlineData(21, 20)]
    public void Healthy_CountsWhatPassed_AndThatItCounted(int elapsed, int added)
    {
        RolloutLedger before = Ledger with { Counted = 4, MonitoredTime = TimeSpan.FromSeconds(3) };
        RolloutLedger after = Decide(before, VerdictKind.Healthy, elapsed: TimeSpan.FromSeconds(elapsed)).Ledger;
        Assert.Equal((TimeSpan.FromSeconds(3 + added), added > 0 ? 5 : 4), (after.MonitoredTime, after.Counted));
    }

    [Theory]
    [InlineData(VerdictKind.SourceUnavailable, 10, 5, 12)]
    [InlineData(VerdictKind.SourceUnavailable, 0, 4, 2)]
    [InlineData(VerdictKind.SourceUnavailable, 3_600, 5, 22)]
    [InlineData(VerdictKind.TooFewSamples, 10, 4, 0)]
    [InlineData(VerdictKind.SampleRatioMismatch, 10, 4, 0)]
    [InlineData(VerdictKind.FlagOff, 10, 4, 0)]
    [InlineData(VerdictKind.Failed, 10, 4, 0)]
    public void OnHold_AddsNoMonitoredTime_AndCountsThatOfTheSource(object kind, int elapsed, long counted, int unavailable)
    {
        RolloutLedger before = Ledger with
        {
            Counted = 4,
            MonitoredTime = TimeSpan.FromDays(2),
            Unavailable = TimeSpan.FromSeconds(2),
        };
        RolloutDecision decision = Decide(before, (VerdictKind)kind, elapsed: TimeSpan.FromSeconds(elapsed));
        Assert.Equal((RolloutDecisionKind.None, 0m, ""), (decision.Kind, decision.Percentage, decision.Reason));
        RolloutLedger after = decision.Ledger;
        Assert.Equal((TimeSpan.FromDays(2), counted), (after.MonitoredTime, after.Counted));
        Assert.Equal(TimeSpan.FromSeconds(unavailable), after.Unavailable);
        Assert.Equal(new RolloutHold((VerdictKind)kind, "because", Start + TimeSpan.FromHours(1)), after.Hold);
    }

    [Fact]
    public void Pause_SaysWhy_AndNoOtherHoldPauses()
    {
        RolloutLedger before = Ledger with { Unavailable = MaxHold };
        RolloutDecision decision = Decide(before, VerdictKind.SourceUnavailable);
        Assert.Equal((RolloutDecisionKind.Pause, "because"), (decision.Kind, decision.Reason));
        Assert.Equal(RolloutDecisionKind.None, Decide(before, VerdictKind.TooFewSamples).Kind);
    }

    [Fact]
    public void Healthy_WhilePaused_EndsTheHoldAndCountsNothing()
    {
        RolloutLedger before = Ledger with { Counted = 4, Hold = new RolloutHold(VerdictKind.FlagOff, "off", Start) };
        RolloutDecision decision = Decide(before, VerdictKind.Healthy, Record with { Phase = RolloutPhase.Paused });
        Assert.Equal((RolloutDecisionKind.None, 4, null), (decision.Kind, decision.Ledger.Counted, decision.Ledger.Hold));
    }

    [Fact]
    public void Step_IsToThePercentageOfTheMonitoredTime_FromTheStart()
    {
        RolloutRecord record = Record with { Start = 10, Percentage = 20, MonitoredTime = TimeSpan.FromHours(3) };
        RolloutLedger before = Ledger with { MonitoredTime = TimeSpan.FromHours(12) - TimeSpan.FromSeconds(10) };
        RolloutDecision decision = Decide(before, VerdictKind.Healthy, record);
        Assert.Equal((RolloutDecisionKind.Step, 55m), (decision.Kind, decision.Percentage));
        Assert.Equal(TimeSpan.FromHours(12), decision.Ledger.MonitoredTime);
    }

    [Theory]
    [InlineData(5, 24.99, RolloutDecisionKind.Step)]
    [InlineData(5, 25, RolloutDecisionKind.None)]
    [InlineData(5, 30, RolloutDecisionKind.None)]
    [InlineData(18, 30, RolloutDecisionKind.Complete)] // the last checkpoint, before the end of the duration
    public void Checkpoint_IsAStepOnlyUpward_AndTheTargetCompletes(int hours, double percentage, object kind)
    {
        var plan = new RolloutConfig { Type = RolloutType.Stepped, Checkpoints = [25, 40, 50, 50], Duration = TimeSpan.FromHours(20) };
        RolloutRecord record = Simulation.Record(1, plan) with { Percentage = (decimal)percentage };
        RolloutDecision decision = Decide(Ledger with { MonitoredTime = TimeSpan.FromHours(hours) }, VerdictKind.Healthy, record);
        Assert.Equal(kind, decision.Kind);
        decimal next = decision.Kind switch { RolloutDecisionKind.Step => 25, RolloutDecisionKind.Complete => 50, _ => 0 };
        Assert.Equal(next, decision.Percentage);
    }

    [Fact]
    public void Complete_IsAtTheTarget_AlsoWithinTheProgressionInterval()
    {
        TimeSpan day = TimeSpan.FromHours(24);
        RolloutRecord record = Simulation.Record(1, new RolloutConfig { TargetPercentage = 60 }) with
        {
            MonitoredTime = day - TimeSpan.FromMinutes(1),
        };
        RolloutDecision decision = Decide(Ledger with { MonitoredTime = day - TimeSpan.FromSeconds(10) }, VerdictKind.Healthy, record);
        Assert.Equal((RolloutDecisionKind.Complete, 60m), (decision.Kind, decision.Percentage));
    }

    [Fact]
    public void Healthy_WithinTheProgressionIntervalOfTheLastStep_TakesNone()
    {
        RolloutRecord record = Record with { MonitoredTime = TimeSpan.FromHours(3) };
        RolloutLedger ledger = Ledger with { MonitoredTime = TimeSpan.FromHours(3) };
        Assert.Equal(RolloutDecisionKind.None, Decide(ledger, VerdictKind.Healthy, record).Kind);
    }

    private static RolloutLedger Ledger => new() { Id = Record.Id };

    private static RolloutDecision Decide(
        RolloutLedger ledger, VerdictKind verdict, RolloutRecord? record = null, TimeSpan? elapsed = null) => RolloutDecision.Decide(
            record ?? Record, ledger, new RolloutVerdict(verdict, "because"), elapsed ?? TimeSpan.FromSeconds(10), MaxHold, Settings,
            Start + TimeSpan.FromHours(1));
}
