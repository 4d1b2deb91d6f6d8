using System.Globalization;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Rollouts.Guards;

/// <summary>Which counts roll a rollout back, and what people read then.</summary>
public class GuardVerdictTests
{
    private static readonly SafetyThresholds OfErrors = new() { MaxErrorRate = 0.1, MinimumSamples = 0 };
    private static readonly SafetyThresholds OfLatency =
        new() { MaxLatency = TimeSpan.FromMilliseconds(100), MinimumSamples = 0, MaxErrorRateWithoutControl = 1 };

    private static readonly RolloutConfig Unguarded = new() { Guard = false };

    [Theory]
    [InlineData(20, 2, null)]
    [InlineData(20, 3, "error rate 15 % over 20 actions with the flag on in the last 00:05:00; at most 10 % is allowed")]
    [InlineData(0, 0, null)]
    public void MaxErrorRate_RegressesAboveIt(long count, long errors, string? reason) =>
        AssertRegressed(reason, Evidence.Of(observed: Window(count, errors), thresholds: OfErrors));

    [Theory]
    [InlineData(1_000, null)]
    [InlineData(1_001, "mean latency 100.1 ms over 10 actions with the flag on in the last 00:05:00; at most 100 ms is allowed")]
    public void MaxLatency_RegressesAboveIt(int milliseconds, string? reason) =>
        AssertRegressed(reason, Evidence.Of(observed: Window(10, 0, milliseconds), thresholds: OfLatency));

    [Theory]
    [InlineData(99, VerdictKind.TooFewSamples)]
    [InlineData(100, VerdictKind.Regressed)]
    public void Thresholds_WaitForTheSamplesOfTheirPhase(int users, object kind)
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(users), Evidence.Arm(users)));
        RolloutObservations slow = Window(10, 0, 10_000);
        Assert.Equal(kind, Judge(Evidence.Of(ledger, slow, OfLatency with { MinimumSamples = 100 })).Kind);
        Assert.Equal(kind, Judge(Evidence.Of(ledger, Window(10, 9), OfErrors with { MinimumSamples = null })).Kind);
    }

    [Fact]
    public void Thresholds_WithoutObservations_DoNotJudge()
    {
        Assert.Equal(VerdictKind.Healthy, Judge(Evidence.Of(thresholds: OfErrors)).Kind);
        Assert.Equal(VerdictKind.Healthy, Judge(Evidence.Of(thresholds: OfLatency)).Kind);
        Assert.Equal(VerdictKind.Healthy, Judge(Evidence.Of()).Kind);
    }

    [Fact]
    public void Thresholds_NotConfigured_DoNotJudge() =>
        Assert.Equal(VerdictKind.Healthy, Judge(Evidence.Of(observed: Window(1_000, 1_000, 1_000_000))).Kind);

    [Theory]
    [InlineData(99, VerdictKind.TooFewSamples, "1 more users with the flag on are needed in this phase (99 of 100 were seen).")]
    [InlineData(100, VerdictKind.Healthy, "")]
    public void MinimumSamples_HoldUntilTheyAreThere(int users, object kind, string reason)
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(users), Evidence.Arm(users)));
        RolloutVerdict verdict = Judge(Evidence.Of(ledger, thresholds: new SafetyThresholds { MinimumSamples = 100 }));
        Assert.Equal((kind, reason), (verdict.Kind, verdict.Reason));
    }

    [Theory]
    [InlineData(19, 19, 0.1, null, null)]
    [InlineData(20, 10, 0.1, null, null)]
    [InlineData(20, 11, 0.1, "error rate 55 % of 20 users", "at most 50 %")]
    [InlineData(40, 25, 0.12, "error rate 62.5 % of 40 users", "at most 60 %")]
    [InlineData(20, 20, 0.2, null, null)]
    [InlineData(20, 20, 0.3, null, null)]
    public void GatesOfTheWindow_RegressAboveFiveTimesTheBound(
        long users, long bad, double bound, string? rate, string? limit) =>
        AssertRegressed(
            rate is null ? null : $"{rate} behind a gate of the flag in the last 00:05:00; without control {limit} is allowed there",
            Evidence.Of(
                observed: Evidence.Observed(gated: users, gatedBad: bad),
                thresholds: new SafetyThresholds { MaxErrorRateWithoutControl = bound }));

    [Fact]
    public void Gates_WhoseFirstUsersFail_RegressAtOnce_AndSayHowLikely()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(new RolloutArm { Units = 4, GatedUnits = 4, GatedBad = 3 }));
        double lower = new RateAboveBound(4, 3).Lower(0.5);
        AssertRegressed(
            string.Create(CultureInfo.InvariantCulture,
                $"error rate 75 % of 4 users behind a gate of the flag, as likely as not at least {lower * 100:0.##} %; ")
                + "without control at most 10 % is allowed",
            Evidence.Of(ledger, Evidence.Observed(gated: 20, gatedBad: 11)));
        AssertRegressed(null, Evidence.Of(ledger, Evidence.Observed(gated: 20, gatedBad: 11), Evidence.WithoutGates));
    }

    [Fact]
    public void Gates_WithALimitOfErrors_AreJudgedByIt() =>
        AssertRegressed(null, Evidence.Of(observed: Evidence.Observed(gated: 20, gatedBad: 20), thresholds: OfErrors));

    [Fact]
    public void Errors_OfExposedUsers_Regress_AndSayHowMuchWorse()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(200, bad: 60), Evidence.Arm(200, bad: 10)));
        double lower = RateRatios.Lower([new(200, 200, 60, 10)], 0.5);
        AssertRegressed(
            string.Create(CultureInfo.InvariantCulture,
                $"error rate 30 % with the flag on against 5 % off, 6 × worse, as likely as not at least {lower:0.##} ×"),
            Evidence.Of(ledger));
        AssertRegressed(null, Evidence.Of(ledger, plan: Unguarded));
    }

    [Fact]
    public void Errors_OfExposedUsersAlone_SayNoRatio()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(10, bad: 5), Evidence.Arm(1_000)));
        double lower = RateRatios.Lower([new(10, 1_000, 5, 0)], 0.5);
        AssertRegressed(
            string.Create(CultureInfo.InvariantCulture,
                $"error rate 50 % with the flag on against 0 % off, as likely as not at least {lower:0.##} ×"),
            Evidence.Of(ledger));
        // As an earlier version stored it: without windows there is no bound.
        AssertRegressed("error rate 50 % with the flag on against 0 % off", Evidence.Of(ledger with { ErrorWindows = [] }));
    }

    [Fact]
    public void Slow_ExposedUsers_Regress_AndSayTheThreshold()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(200, slow: 60), Evidence.Arm(200, slow: 10)));
        ledger = ledger with { SlowThreshold = TimeSpan.FromMilliseconds(250.5) };
        double lower = RateRatios.Lower([new(200, 200, 60, 10)], 0.5);
        AssertRegressed(
            "30 % of users with the flag on were slower than 250.5 ms against 5 % off, 6 × worse, "
                + string.Create(CultureInfo.InvariantCulture, $"as likely as not at least {lower:0.##} ×"),
            Evidence.Of(ledger));
        AssertRegressed(null, Evidence.Of(ledger, plan: Unguarded));
    }

    [Fact]
    public void Latency_OfExposedUsers_Regresses_AndSaysBothMeans()
    {
        RolloutStratum copy = Latencies(Math.Log(200), Math.Log(100));
        double lower = Math.Exp(copy.Latency.Estimate - OneSidedTest.HalfWidth(copy.Latency, 0.5));
        RolloutLedger ledger = Evidence.After(copy);
        AssertRegressed(
            string.Create(CultureInfo.InvariantCulture,
                $"typical latency 200 ms with the flag on against 100 ms off, 2 × as long, as likely as not at least {lower:0.##} ×"),
            Evidence.Of(ledger));
        AssertRegressed(null, Evidence.Of(ledger, plan: Unguarded));
        AssertRegressed(null, Evidence.Of(ledger, plan: new RolloutConfig { MaxLatencyIncrease = 1 }));
    }

    [Fact]
    public void SampleRatio_ThatDiffers_PutsOnHold_AndSaysWhatWasSeen()
    {
        RolloutRecord record = Simulation.Record(12.5m, new RolloutConfig());
        RolloutLedger ledger = Evidence.Ledger
            .Add(record, Evidence.Copy(Evidence.Arm(300), Evidence.Arm(700), "a", 1, 12.5m), null)
            .Add(record, Evidence.Copy(Evidence.Arm(100), Evidence.Arm(900), "b", 2, 12.5m), null);
        RolloutVerdict verdict = Judge(Evidence.Of(ledger, percentage: 12.5m));
        Assert.Equal(VerdictKind.SampleRatioMismatch, verdict.Kind);
        Assert.Equal(
            "Sample ratio mismatch: 20 % of 2000 users have the flag on; expected 12.5 %. "
            + "Check for lost exposures, cached answers or filtered bots; then resume with a reason.", verdict.Reason);
        Assert.Equal(VerdictKind.Healthy, Judge(Evidence.Of(ledger, plan: Unguarded, percentage: 12.5m)).Kind);
        // Only the steps of the evidence are named.
        RolloutVerdict later = Judge(Evidence.Of(ledger with { SampleRatioSince = 2 }, percentage: 12.5m));
        Assert.StartsWith("Sample ratio mismatch: 10 % of 1000 users", later.Reason, StringComparison.Ordinal);
        RolloutVerdict none = Judge(Evidence.Of(ledger with { SampleRatioSince = 3 }, percentage: 12.5m));
        Assert.StartsWith("Sample ratio mismatch: 0 % of 0 users", none.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Regression_BesideASampleRatioMismatch_IsTheVerdict()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(900, bad: 500), Evidence.Arm(100), percentage: 10));
        Assert.True(ledger.SampleRatioMismatch);
        Assert.Equal(VerdictKind.Regressed, Judge(Evidence.Of(ledger, percentage: 10)).Kind);
    }

    [Fact]
    public void JudgeAbsolute_LeavesOutWhatIsCompared()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(200, bad: 100, slow: 100), Evidence.Arm(200)));
        Assert.Equal(VerdictKind.Regressed, Judge(Evidence.Of(ledger)).Kind);
        Assert.Null(RolloutGuards.JudgeAbsolute(Evidence.Of(ledger)));
        Assert.All(
            new[]
            {
                Evidence.Of(ledger, Window(20, 3), OfErrors),
                Evidence.Of(ledger, Window(1, 0, 101), OfLatency),
                Evidence.Of(ledger, Evidence.Observed(gated: 20, gatedBad: 11)),
            },
            evidence => Assert.Equal(VerdictKind.Regressed, RolloutGuards.JudgeAbsolute(evidence)?.Kind));
    }

    [Fact]
    public void Names_OfGuards_AreTheOnesThatPeopleKnow() => Assert.Equal(
        [
            ("error_threshold", GuardKind.Absolute), ("latency_threshold", GuardKind.Absolute), ("without_control", GuardKind.Absolute),
            ("errors", GuardKind.Comparison), ("latency", GuardKind.Comparison), ("slow", GuardKind.Comparison),
            ("sample_ratio", GuardKind.Assignment),
        ], RolloutGuards.All.Select(guard => (guard.Name, guard.Kind)));

    private static RolloutVerdict Judge(RolloutEvidence evidence) => RolloutGuards.Judge(evidence);

    private static void AssertRegressed(string? reason, RolloutEvidence evidence)
    {
        RolloutVerdict verdict = Judge(evidence);
        Assert.Equal(reason, verdict.Kind == VerdictKind.Regressed ? verdict.Reason : null);
    }

    private static RolloutObservations Window(long count, long errors, int milliseconds = 0) =>
        Evidence.Observed(window: new RolloutActions(count, errors, TimeSpan.FromMilliseconds(milliseconds)));

    private static RolloutStratum Latencies(double exposed, double control) => Evidence.Copy(
        new RolloutArm { LatencyCount = 100, LatencyMean = exposed, LatencySumOfSquares = 10 },
        new RolloutArm { LatencyCount = 100, LatencyMean = control, LatencySumOfSquares = 10 });
}
