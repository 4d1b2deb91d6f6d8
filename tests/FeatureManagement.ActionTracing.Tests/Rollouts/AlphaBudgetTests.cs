using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>The parts of alpha are the same in all phases and after an edit of thresholds, so that they never add up to more than alpha.</summary>
public class AlphaBudgetTests
{
    private const double Alpha = 0.05;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parts_OfAPlanWithAThresholdInOnePhase_AddUpToAlpha(bool comparedFirst)
    {
        var thresholds = new SafetyThresholds { Canary = new PhaseThresholds { MaxErrorRate = 0.9 } };
        var split = AlphaBudget.Of(new RolloutConfig { Alpha = Alpha, SafetyThresholds = thresholds }, comparedFirst);
        Assert.Equal(Alpha, 3 * split.Comparison + split.WithoutControl, 12);
        Assert.True(split.WithoutControl > 0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    [InlineData(false)]
    public void Parts_OfOneKindOfGuard_AreTheWholeOfAlpha(bool? comparedFirst)
    {
        var plan = new RolloutConfig { Alpha = Alpha, SafetyThresholds = new SafetyThresholds { MaxErrorRateWithoutControl = 1 } };
        Assert.Equal(new AlphaBudget(Alpha / 3, 0), AlphaBudget.Of(plan, comparedFirst));
        Assert.Equal(new AlphaBudget(0, Alpha), AlphaBudget.Of(new RolloutConfig { Alpha = Alpha, Guard = false }, comparedFirst));
    }

    [Theory]
    [InlineData(null, 0.1)]
    [InlineData(true, 0.1)]
    [InlineData(false, 0.9)]
    public void Parts_OfBothKinds_GiveNineTenthsToTheOneThatCameFirst(bool? comparedFirst, double gated)
    {
        var split = AlphaBudget.Of(new RolloutConfig { Alpha = Alpha }, comparedFirst);
        Assert.Equal((Alpha * gated, Alpha * (1 - gated) / 3), (split.WithoutControl, split.Comparison), (one, other) =>
            Math.Abs(one.Item1 - other.Item1) < 1e-12 && Math.Abs(one.Item2 - other.Item2) < 1e-12);
    }

    [Fact]
    public void Verdict_InThePhaseWhoseThresholdJudges_DoesNotSpendThePartOfTheOther()
    {
        var thresholds = new SafetyThresholds { Canary = new PhaseThresholds { MaxErrorRate = 0.9, MinimumSamples = 0 } };
        RolloutLedger ledger = Evidence(Alpha / 3, reserved: Alpha * 0.1 / 3);
        Assert.Equal(VerdictKind.Healthy, Judge(0.5m, thresholds, thresholds, ledger));
    }

    [Fact]
    public void Verdict_AfterAnEditOfTheThresholds_IsByThePlan()
    {
        RolloutLedger ledger = Evidence(Alpha / 3, reserved: Alpha * 0.1 / 3);
        var edited = new SafetyThresholds { MaxErrorRate = 0.9, MinimumSamples = 0 };
        Assert.Equal(VerdictKind.Healthy, Judge(0.5m, new SafetyThresholds(), edited, ledger));
        Assert.Equal(VerdictKind.Regressed, Judge(0.5m, edited, null, ledger));
    }

    private static VerdictKind Judge(decimal percentage, SafetyThresholds plan, SafetyThresholds? live, RolloutLedger ledger) =>
        RolloutGuards.Judge(new(Simulation.Record(percentage, new RolloutConfig { Alpha = Alpha, SafetyThresholds = plan }), live, ledger, null)).Kind;

    // Enough for a third of alpha, and not for the smaller part.
    private static RolloutLedger Evidence(double enough, double reserved)
    {
        var ledger = new RolloutLedger { Id = "simulated", ComparedFirst = false };
        RolloutRecord record = Simulation.Record(50, new RolloutConfig { Alpha = Alpha });
        for (int exposed = 1; exposed < 1_000; exposed++)
        {
            var stratum = new RolloutStratum
            {
                Key = "a",
                Step = 1,
                Percentage = 50,
                Exposed = new() { Units = 1_000, AtRisk = 1_000, Bad = exposed },
                Control = new() { Units = 1_000, AtRisk = 1_000, Bad = 40 },
            };
            RolloutLedger next = ledger.Add(record, stratum, null);
            if (next.Errors.Stops(enough))
            {
                Assert.False(next.Errors.Stops(reserved));
                return next;
            }
        }
        throw new InvalidOperationException("No number of errors was enough.");
    }
}
