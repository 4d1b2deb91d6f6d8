using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Rollouts.Guards;

/// <summary>How copies of steps become evidence.</summary>
public class LedgerTests
{
    private static readonly RolloutRecord Record = Simulation.Record(50, new RolloutConfig { MaxErrorRateIncrease = 0.25 });

    private static readonly RolloutArm Full = new()
    {
        Units = 1,
        AtRisk = 2,
        Bad = 3,
        SlowAtRisk = 4,
        Slow = 5,
        GatedUnits = 6,
        GatedBad = 7,
        LatencyCount = 8,
        LatencyMean = 9,
        LatencySumOfSquares = 10,
    };

    [Fact]
    public void Arms_OfTwoSteps_AddUp_WithoutLatencies()
    {
        RolloutArm sum = Full.Plus(
            Full with { Units = 10, AtRisk = 20, Bad = 30, SlowAtRisk = 40, Slow = 50, GatedUnits = 60, GatedBad = 70 });
        var expected = new RolloutArm { Units = 11, AtRisk = 22, Bad = 33, SlowAtRisk = 44, Slow = 55, GatedUnits = 66, GatedBad = 77 };
        Assert.Equal(expected, sum);
        Assert.Equal(new Moments(8, 9, 10), Full.Latency);
        Assert.Equal(Full, Full with { Latency = Full.Latency });
    }

    [Fact]
    public void Add_TwoCopiesOfAStep_ComparesWhatCameBetweenThem()
    {
        RolloutLedger ledger = Add(Evidence.Ledger, Copy(100, 3, 5, 200, 7, 11));
        ledger = Add(ledger, Copy(150, 4, 7, 300, 12, 19));
        Assert.Equal([Window(100, 200, 3, 7), Window(150, 300, 1, 5)], ledger.ErrorWindows);
        Assert.Equal([Window(100, 200, 5, 11), Window(150, 300, 2, 8)], ledger.SlowWindows);
        // Only errors may be tolerated.
        Assert.Equal(Sum(ledger.ErrorWindows, 1.25).LogE, ledger.Errors.LogE);
        Assert.Equal(Sum(ledger.SlowWindows, 1).LogE, ledger.Slow.LogE);
        Assert.Equal((4, 12), (ledger.Errors.BadExposed, ledger.Errors.BadControl));
        Assert.Equal((7, 19), (ledger.Slow.BadExposed, ledger.Slow.BadControl));
        Assert.Equal((150, 300), (ledger.Exposed.Units, ledger.Control.Units));
    }

    [Fact]
    public void Add_TheSameCopyAgain_ChangesNothing()
    {
        RolloutStratum copy = Copy(100, 3, 5, 200, 7, 11);
        RolloutLedger once = Add(Evidence.Ledger, copy), twice = Add(once, copy);
        Assert.Equal((once.Errors, once.Slow), (twice.Errors, twice.Slow));
        Assert.Equal(once.ErrorWindows, twice.ErrorWindows);
        Assert.Equal(once.Open, twice.Open);
    }

    [Fact]
    public void Add_CopiesOfTwoInstances_KeepsBoth()
    {
        RolloutLedger ledger = Add(Add(Evidence.Ledger, Copy(100, 3, 5, 200, 7, 11)), Copy(10, 1, 1, 20, 1, 1) with { Key = "b" });
        Assert.Equal(["a", "b"], ledger.Open.Select(stratum => stratum.Key));
        Assert.Equal(["a", "b"], ledger.ErrorWindows.Select(window => window.Stratum));
        Assert.Equal((110, 220), (ledger.Exposed.Units, ledger.Control.Units));
        Assert.Equal((4, 8), (ledger.Errors.BadExposed, ledger.Errors.BadControl));
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(0.0001, true, true)]
    [InlineData(99, true, true)]
    [InlineData(99.0001, true, false)]
    [InlineData(100, true, false)]
    [InlineData(50, false, false)]
    public void Add_ComparesWhereControlIsLargeEnoughAndTheGuardIsOn(double percentage, bool guard, bool compared)
    {
        RolloutStratum copy = Copy(100, 3, 5, 200, 7, 11) with { Percentage = (decimal)percentage };
        RolloutLedger ledger = Evidence.After(copy, new RolloutConfig { Guard = guard });
        Assert.Equal((compared, compared), (ledger.ErrorWindows.Count == 1, ledger.SlowWindows.Count == 1));
    }

    [Fact]
    public void ComparedFirst_IsWhatTheFirstOutcomesSay_AndStays()
    {
        RolloutStratum nothing = Evidence.Copy(new RolloutArm { Units = 5, AtRisk = 5 }, new RolloutArm { Units = 5 });
        RolloutStratum gated = Evidence.Copy(new RolloutArm { Units = 5, GatedUnits = 1 }, new RolloutArm { Units = 5 });
        RolloutStratum both = Evidence.Copy(new RolloutArm { AtRisk = 1, GatedUnits = 1 }, new RolloutArm { AtRisk = 1 });
        Assert.Null(Add(Evidence.Ledger, nothing).ComparedFirst);
        Assert.Null(Add(Evidence.Ledger, Evidence.Copy(control: new RolloutArm { AtRisk = 5 })).ComparedFirst);
        Assert.False(Add(Evidence.Ledger, gated).ComparedFirst);
        Assert.True(Add(Evidence.Ledger, both).ComparedFirst);
        Assert.True(Add(Add(Evidence.Ledger, nothing), both).ComparedFirst);
        Assert.False(Add(Add(Evidence.Ledger, gated), both).ComparedFirst);
        Assert.True(Add(Add(Evidence.Ledger, both), gated).ComparedFirst);
    }

    [Fact]
    public void EndedStep_IsAddedToTheSums_ByPhase()
    {
        RolloutStratum first = Evidence.Copy(Full, Full with { Units = 10 }, "a", 1, 5);
        RolloutStratum second = Evidence.Copy(Full with { Units = 100 }, Full with { Units = 1_000 }, "b", 2, 5);
        RolloutStratum third = Evidence.Copy(Full with { Units = 7 }, Full, "c", 3, 50);
        RolloutLedger ledger = Add(Evidence.Ledger, first);
        RolloutLedger next = Add(ledger, second, ended: "a");
        Assert.Equal(["b"], next.Open.Select(stratum => stratum.Key));
        Assert.Equal((1, 10), (next.EndedExposed.Units, next.EndedControl.Units));
        Assert.Equal((3, 7), (next.EndedExposed.Bad, next.EndedControl.GatedBad));
        Assert.Equal((101, 1_010), (next.Exposed.Units, next.Control.Units));
        Assert.Equal(1, next.EndedUnits[RolloutPhase.Canary]);
        next = Add(Add(next, third, ended: "b"), third, ended: "nowhere");
        Assert.Equal(["c"], next.Open.Select(stratum => stratum.Key));
        Assert.Equal((101, 7), (next.UnitsIn(RolloutPhase.Canary), next.UnitsIn(RolloutPhase.Gradual)));
        Assert.Equal(0, next.UnitsIn(RolloutPhase.Majority));
        Assert.Equal((18, 21), (next.Gated.Units, next.Gated.Errors));
        Assert.Empty(ledger.EndedUnits); // the ledger before is as it was
    }

    [Fact]
    public void Latency_OfEndedAndOpenSteps_IsComparedInsideEach()
    {
        RolloutStratum first = Latencies("a", 1, 50, exposed: 3);
        RolloutStratum second = Latencies("b", 2, 60, exposed: 4);
        RolloutStratum full = Latencies("c", 3, 100, exposed: 5);
        MeanDifference expected = first.Latency + second.Latency;
        RolloutLedger ledger = Add(Add(Evidence.Ledger, first), second);
        Assert.Equal(expected, ledger.Latency);
        ledger = Add(ledger, full, ended: "a");
        Assert.Equal((first.Latency, expected), (ledger.EndedLatency, ledger.Latency));
        ledger = Add(Add(ledger, Latencies("d", 4, 100, exposed: 5), ended: "b"), Latencies("e", 5, 100, exposed: 5), ended: "c");
        Assert.Equal((expected, expected), (ledger.EndedLatency, ledger.Latency));
    }

    [Fact]
    public void LatencyPValue_IsTheSmallestOfThirtyUsersInEachArm()
    {
        static RolloutLedger After(long treated, long control, RolloutConfig? plan = null) =>
            Evidence.After(Evidence.Copy(Arm(treated, 4), Arm(control, 3)), plan);
        Assert.Equal(1, After(29, 1_000).MinLatencyP);
        Assert.Equal(1, After(1_000, 29).MinLatencyP);
        RolloutLedger enough = After(30, 30);
        Assert.Equal(OneSidedTest.PValue(enough.Latency, Math.Log(1.02)), enough.MinLatencyP);
        RolloutLedger tolerant = After(30, 30, new RolloutConfig { MaxLatencyIncrease = 0.5 });
        Assert.Equal(OneSidedTest.PValue(enough.Latency, Math.Log(1.5)), tolerant.MinLatencyP);
        RolloutLedger better = Add(enough, Evidence.Copy(Arm(1_000, 3), Arm(1_000, 3)));
        Assert.Equal(enough.MinLatencyP, better.MinLatencyP);
        RolloutLedger worse = Add(enough, Evidence.Copy(Arm(60, 4), Arm(60, 3)));
        Assert.InRange(worse.MinLatencyP, 0, enough.MinLatencyP / 2);

        static RolloutArm Arm(long users, double mean) =>
            new() { LatencyCount = users, LatencyMean = mean, LatencySumOfSquares = users * 2 };
    }

    [Fact]
    public void SampleRatio_OfEndedAndOpenSteps_AddsUp_FromTheStepOnOfItsEvidence()
    {
        RolloutStratum first = Users("a", 1, 520), second = Users("b", 2, 530), third = Users("c", 3, 540);
        RolloutLedger ledger = Add(Add(Evidence.Ledger, first), second);
        Assert.Equal(first.SampleRatio + second.SampleRatio, ledger.SampleRatio);
        ledger = Add(ledger, third, ended: "a");
        Assert.Equal(first.SampleRatio, ledger.EndedSampleRatio);
        Assert.Equal(first.SampleRatio + second.SampleRatio + third.SampleRatio, ledger.SampleRatio);

        // A step from which on there is new evidence forgets what came before, also where it ends later.
        RolloutRecord resumed = Record with { SampleRatioSince = 3 };
        RolloutLedger after = ledger.Add(resumed, third, ended: "b");
        Assert.Equal((3, default, third.SampleRatio), (after.SampleRatioSince, after.EndedSampleRatio, after.SampleRatio));
        after = after.Add(resumed, Users("d", 4, 500), ended: "c");
        Assert.Equal(third.SampleRatio, after.EndedSampleRatio);
        Assert.Equal(SampleRatioEvidence.Of([12.5, 87.5], [3, 4]), (Users("x", 1, 3, 4) with { Percentage = 12.5m }).SampleRatio);
    }

    [Fact]
    public void SampleRatioMismatch_StaysUntilNewEvidenceBegins()
    {
        RolloutLedger found = Add(Evidence.Ledger, Users("a", 1, 900));
        Assert.True(found.SampleRatioMismatch);
        // The newest copy agrees with the percentage again.
        RolloutLedger later = Add(found, Users("a", 1, 1_000, 1_000));
        Assert.Equal((true, false), (later.SampleRatioMismatch, later.SampleRatio.IsMismatch));
        RolloutLedger resumed = later.Add(Record with { SampleRatioSince = 2 }, Users("b", 2, 500), ended: "a");
        Assert.False(resumed.SampleRatioMismatch);
        // Steps of the earlier evidence say nothing any more.
        Assert.False(resumed.Add(Record with { SampleRatioSince = 2 }, Users("a", 1, 900), ended: null).SampleRatioMismatch);
        Assert.True(resumed.Add(Record with { SampleRatioSince = 2 }, Users("c", 2, 900), ended: null).SampleRatioMismatch);
    }

    private static RolloutLedger Add(RolloutLedger ledger, RolloutStratum copy, string? ended = null) => ledger.Add(Record, copy, ended);

    private static CountEvidence Sum(IEnumerable<CountWindow> windows, double tolerated) =>
        windows.Aggregate(CountEvidence.None, (sum, window) => sum.Add(window, tolerated));

    private static CountWindow Window(long exposed, long control, long badExposed, long badControl) =>
        new(exposed, control, badExposed, badControl) { Stratum = "a" };

    private static RolloutStratum Copy(long exposed, long bad, long slow, long control, long controlBad, long controlSlow) =>
        Evidence.Copy(Evidence.Arm(exposed, bad, slow), Evidence.Arm(control, controlBad, controlSlow));

    private static RolloutStratum Users(string key, int step, long exposed, long? control = null) =>
        Evidence.Copy(new RolloutArm { Units = exposed }, new RolloutArm { Units = control ?? 1_000 - exposed }, key, step);

    private static RolloutStratum Latencies(string key, int step, decimal percentage, double exposed) => Evidence.Copy(
        new RolloutArm { LatencyCount = 50, LatencyMean = exposed, LatencySumOfSquares = 10 },
        new RolloutArm { LatencyCount = 60, LatencyMean = 2, LatencySumOfSquares = 20 }, key, step, percentage);
}
