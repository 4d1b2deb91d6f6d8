using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Rollouts.Guards;

/// <summary>The numbers that people read about the evidence of a rollout.</summary>
public class FindingsTests
{
    // Compared outcomes came first.
    private const double Alpha = 0.05 * 0.9 / 3;

    private static readonly RolloutConfig Plan = new();

    [Fact]
    public void Errors_AreRates_TheirRatio_AndItsBounds()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(200, bad: 12), Evidence.Arm(400, bad: 10)));
        CountWindow[] windows = [new(200, 400, 12, 10)];
        var expected = new RolloutComparison
        {
            Exposed = 0.06,
            Control = 0.025,
            Ratio = 2.4,
            Lower = RateRatios.Lower(windows, Alpha),
            Upper = RateRatios.Upper(windows, Alpha),
            PValue = Math.Exp(-ledger.Errors.LogE),
            Evidence = ledger.Errors.LogE / -Math.Log(Alpha),
        };
        AssertClose(expected, Show(ledger).Errors);
        Assert.Equal((200, 400), (Show(ledger).ExposedUnits, Show(ledger).ControlUnits));
    }

    [Fact]
    public void Errors_WithoutUsersOrABound_AreUnknown()
    {
        RolloutComparison none = Show(Evidence.Ledger).Errors!;
        Assert.Equal((null, null, null, 0, null), (none.Exposed, none.Control, none.Ratio, none.Lower, none.Upper));
        Assert.Equal((1, 0), (none.PValue, none.Evidence));
        RolloutComparison errors = Show(Evidence.After(Evidence.Copy(Evidence.Arm(200, bad: 20), Evidence.Arm(0)))).Errors!;
        Assert.Equal((0.1, null, null, null), (errors.Exposed, errors.Control, errors.Ratio, errors.Upper));
    }

    [Fact]
    public void Slow_IsShownOnceItsThresholdIsKnown()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(200, slow: 20), Evidence.Arm(400, slow: 10)));
        Assert.Null(Show(ledger).Slow);
        RolloutComparison slow = Show(ledger with { SlowThreshold = TimeSpan.FromSeconds(1) }).Slow!;
        Assert.Equal((0.1, 0.025), (slow.Exposed, slow.Control));
        Assert.Equal(RateRatios.Lower([new(200, 400, 20, 10)], Alpha), slow.Lower!.Value, 1e-9);
        Assert.Equal(ledger.Slow.Meter(Alpha), slow.Evidence, 1e-12);
    }

    [Fact]
    public void Latency_IsBothMeans_TheirRatio_AndItsBounds()
    {
        RolloutStratum copy = Latencies(100, Math.Log(120), 50);
        RolloutLedger ledger = Evidence.After(copy) with { ComparedFirst = true };
        double estimate = copy.Latency.Estimate, width = OneSidedTest.HalfWidth(copy.Latency, Alpha);
        double p = OneSidedTest.PValue(copy.Latency, Math.Log(1.02));
        Assert.InRange(p, Alpha, 0.9);
        AssertClose(
            new RolloutComparison
            {
                Exposed = 120,
                Control = 100,
                Ratio = 1.2,
                Lower = Math.Exp(estimate - width),
                Upper = Math.Exp(estimate + width),
                PValue = 0.5,
                Evidence = Math.Log(p) / Math.Log(Alpha),
            }, Show(ledger with { MinLatencyP = 0.5 }).Latency);
        Assert.Equal(ledger.MinLatencyP, Show(ledger).Latency!.PValue);
    }

    [Fact]
    public void Latency_Evidence_IsBetweenNothingAndAStop()
    {
        Assert.Equal(1, Show(Evidence.After(Latencies(1_000, Math.Log(300), 10))).Latency!.Evidence);
        double none = Show(Evidence.After(Latencies(1_000, Math.Log(50), 10))).Latency!.Evidence;
        Assert.Equal((0, false), (none, double.IsNegative(none)));
    }

    [Fact]
    public void Latency_OfNoOrEqualValues_HasNoBounds()
    {
        Assert.Null(Show(Evidence.Ledger).Latency);
        RolloutComparison same = Show(Evidence.After(Latencies(50, Math.Log(120), 0))).Latency!;
        Assert.Equal((null, null), (same.Lower, same.Upper));
        Assert.Equal(1.2, same.Ratio!.Value, 1e-9);
        RolloutComparison wide = Show(Evidence.After(Latencies(2, Math.Log(120), 1e6))).Latency!;
        Assert.NotNull(wide.Lower);
        Assert.Null(wide.Upper);
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(20, 0, 0.0)]
    [InlineData(20, 6, 0.3)]
    [InlineData(20, 20, 1.0)]
    public void Gates_AreTheirErrorRate_AndItsEvidence(long units, long bad, double? rate)
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(new RolloutArm { Units = units, GatedUnits = units, GatedBad = bad }));
        RolloutComparison? gates = Show(ledger).WithoutControl;
        Assert.Equal(rate, gates?.Exposed);
        if (gates is null)
            return;
        double evidence = new RateAboveBound(units, bad).LogE(0.1);
        Assert.Equal(Math.Min(1, Math.Exp(-evidence)), gates.PValue, 1e-12);
        Assert.Equal(Math.Clamp(evidence / -Math.Log(0.05 * 0.9), 0, 1), gates.Evidence, 1e-12);
        Assert.False(double.IsNegative(gates.Evidence));
    }

    [Fact]
    public void Gates_ThatALimitJudges_AreNotShown()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(new RolloutArm { GatedUnits = 20, GatedBad = 6 }));
        Assert.Null(RolloutGuards.Show(Plan with { SafetyThresholds = Evidence.WithoutGates }, ledger).WithoutControl);
        Assert.Null(RolloutGuards.Show(Plan with { SafetyThresholds = new() { MaxErrorRate = 0.1 } }, ledger).WithoutControl);
    }

    [Fact]
    public void Findings_AreThoseOfTheStatus()
    {
        RolloutComparison[] four = [.. Enumerable.Range(1, 4).Select(i => new RolloutComparison { Exposed = i, PValue = 1, Evidence = 0 })];
        var findings = new RolloutFindings
        {
            Errors = four[0],
            Latency = four[1],
            Slow = four[2],
            WithoutControl = four[3],
            ExposedUnits = 5,
            ControlUnits = 6,
        };
        RolloutRecord record = Simulation.Record(50, Plan) with { Phase = RolloutPhase.RolledBack, Findings = findings };
        RolloutStatus status = ActionTracing.Rollouts.RolloutStatuses.Of("checkout", record, null, true, TimeSpan.FromMinutes(5), default);
        Assert.Equal((four[0], four[1], four[2], four[3]), (status.Errors, status.Latency, status.Slow, status.WithoutControl));
        Assert.Equal((5, 6), (status.ExposedUnits, status.ControlUnits));
    }

    private static RolloutFindings Show(RolloutLedger ledger) => RolloutGuards.Show(Plan, ledger);

    private static RolloutStratum Latencies(long users, double exposed, double squares) => Evidence.Copy(
        new RolloutArm { LatencyCount = users, LatencyMean = exposed, LatencySumOfSquares = squares },
        new RolloutArm { LatencyCount = users, LatencyMean = Math.Log(100), LatencySumOfSquares = squares });

    private static void AssertClose(RolloutComparison expected, RolloutComparison? actual)
    {
        Assert.NotNull(actual);
        double?[] Numbers(RolloutComparison of) => [of.Exposed, of.Control, of.Ratio, of.Lower, of.Upper, of.PValue, of.Evidence];
        Assert.All(Numbers(expected).Zip(Numbers(actual)), pair => Assert.Equal(pair.First!.Value, pair.Second!.Value, 1e-9));
    }
}
