using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Tests.Rollouts.Guards;

/// <summary>After how many more bad outcomes a check is due early.</summary>
public class MoreToStopTests
{
    // Nine tenths of alpha for three guards: the rest is that of gates.
    private const double Alpha = 0.05 * 0.9 / 3;

    private static readonly RolloutLedger Compared = Evidence.Ledger with { ComparedFirst = true };

    [Theory]
    [InlineData(0, 0, 0.1)]
    [InlineData(20, 0, 0.1)]
    [InlineData(20, 1, 0.1)]
    [InlineData(20, 2, 0.1)]
    [InlineData(1_000, 20, 0.5)]
    [InlineData(7, 7, 0.3)]
    [InlineData(100, 0, 0)]
    public void MaxErrorRate_IsTheFirstErrorThatExceedsIt(long count, long errors, double limit)
    {
        var thresholds = new SafetyThresholds { MaxErrorRate = limit };
        long needed = 1;
        while (!((double)(errors + needed) / (count + needed) > limit))
            needed++;
        RolloutObservations observed = Evidence.Observed(window: new RolloutActions(count, errors, TimeSpan.Zero));
        Assert.Equal(needed, RolloutGuards.MoreToStop(Evidence.Of(Compared, observed, thresholds)).ExposedErrors);
    }

    [Fact]
    public void MaxErrorRate_WithoutObservations_IsOneError() =>
        Assert.Equal(1, RolloutGuards.MoreToStop(Evidence.Of(thresholds: new SafetyThresholds { MaxErrorRate = 0.1 })).ExposedErrors);

    [Fact]
    public void Limits_ThatNothingExceeds_AreNeverReached()
    {
        var all = new SafetyThresholds { MaxErrorRate = 1 };
        Assert.Equal(BadOutcomes.NeverReached, RolloutGuards.MoreToStop(Evidence.Of(thresholds: all, plan: new() { Guard = false })));
        BadOutcomes gates = RolloutGuards.MoreToStop(Evidence.Of(thresholds: Evidence.WithoutGates, percentage: 100));
        Assert.Equal(BadOutcomes.NeverReached, gates);
    }

    [Theory]
    [InlineData(0, 0, 0.1, 11)]
    [InlineData(100, 48, 0.1, 3)]
    [InlineData(100, 50, 0.1, 1)]
    [InlineData(100, 60, 0.1, 1)]
    [InlineData(33, 0, 0.1, 17)]
    [InlineData(20, 0, 0.19, 20)]
    [InlineData(20, 0, 0.2, BadOutcomes.Never)]
    public void GatesOfTheWindow_AreTheFirstUserThatExceedsFiveTimesTheBound(long users, long bad, double bound, long more)
    {
        var thresholds = new SafetyThresholds { MaxErrorRateWithoutControl = bound };
        RolloutObservations observed = Evidence.Observed(gated: users, gatedBad: bad);
        Assert.Equal(more, RolloutGuards.MoreToStop(Evidence.Of(Compared, observed, thresholds)).GatedErrors);
    }

    [Fact]
    public void GatesOfTheWindow_WithoutObservations_AreMoreThanHalfOfTheFewest() =>
        Assert.Equal(11, RolloutGuards.MoreToStop(Evidence.Of()).GatedErrors);

    [Fact]
    public void Gates_AreWhatTheEvidenceNeeds_WithThePartOfAlphaThatTheyHave()
    {
        RolloutLedger gated = Evidence.After(Evidence.Copy(new RolloutArm { Units = 50, GatedUnits = 50, GatedBad = 2 }));
        Assert.False(gated.ComparedFirst);
        long? first = gated.Gated.MoreErrorsToStop(0.1, 0.05 * 0.9), second = gated.Gated.MoreErrorsToStop(0.1, 0.05 * 0.1);
        Assert.NotEqual(first, second);
        Assert.Equal(first, RolloutGuards.MoreToStop(Evidence.Of(gated)).GatedUnits);
        Assert.Equal(second, RolloutGuards.MoreToStop(Evidence.Of(gated with { ComparedFirst = true })).GatedUnits);
        // Before the first outcome, as if it came from behind a gate.
        Assert.Equal(first, RolloutGuards.MoreToStop(Evidence.Of(gated with { ComparedFirst = null })).GatedUnits);
    }

    [Fact]
    public void Gates_OfALongHealthyTime_AreNeverReached()
    {
        RolloutLedger gated = Evidence.After(Evidence.Copy(new RolloutArm { Units = 1, GatedUnits = 1_000_000 }));
        Assert.Equal(BadOutcomes.Never, RolloutGuards.MoreToStop(Evidence.Of(gated)).GatedUnits);
    }

    [Theory]
    [InlineData(10, 990, 50, 0.01)]
    [InlineData(990, 10, 50, 0.99)]
    [InlineData(0, 990, 20, 0.2)]
    [InlineData(10, 0, 20, 0.2)]
    public void Comparison_ExpectsBadUsersAsTheArmsAreLarge(long exposed, long control, int percentage, double expected)
    {
        var plan = new RolloutConfig { MaxErrorRateIncrease = 0.25 };
        RolloutObservations observed = Evidence.Observed(Evidence.Arm(exposed), Evidence.Arm(control));
        BadOutcomes more = RolloutGuards.MoreToStop(Evidence.Of(Compared, observed, plan: plan, percentage: percentage));
        Assert.Equal(Compared.Errors.MoreToStop(expected, 1.25, Alpha), more.Bad);
        Assert.Equal(Compared.Slow.MoreToStop(expected, 1, Alpha), more.Slow);
    }

    [Fact]
    public void Comparison_WithoutObservations_ExpectsThePercentage()
    {
        BadOutcomes more = RolloutGuards.MoreToStop(Evidence.Of(Compared, percentage: 20));
        Assert.Equal(Compared.Errors.MoreToStop(0.2, 1, Alpha), more.Bad);
        Assert.Equal(Compared.Slow.MoreToStop(0.2, 1, Alpha), more.Slow);
    }

    [Fact]
    public void Comparison_BeginsWithTheEvidenceSoFar()
    {
        RolloutLedger ledger = Evidence.After(Evidence.Copy(Evidence.Arm(500, bad: 9, slow: 11), Evidence.Arm(500, bad: 9, slow: 9)));
        BadOutcomes more = RolloutGuards.MoreToStop(Evidence.Of(ledger));
        Assert.Equal(ledger.Errors.MoreToStop(0.5, 1, Alpha), more.Bad);
        Assert.Equal(ledger.Slow.MoreToStop(0.5, 1, Alpha), more.Slow);
        Assert.True(more.Slow < more.Bad);
    }

    [Fact]
    public void Comparison_OutOfReach_IsNever()
    {
        var plan = new RolloutConfig { MaxErrorRateIncrease = 0.25, Alpha = 1e-30 };
        RolloutObservations observed = Evidence.Observed(Evidence.Arm(99), Evidence.Arm(1));
        BadOutcomes more = RolloutGuards.MoreToStop(Evidence.Of(Compared, observed, plan: plan));
        Assert.Equal((BadOutcomes.Never, BadOutcomes.Never), (more.Bad, more.Slow));
    }

    [Theory]
    [InlineData(99, true)]
    [InlineData(99.5, false)]
    public void Comparison_AboveItsLastPercentage_IsNeverReached(double percentage, bool compared)
    {
        BadOutcomes more = RolloutGuards.MoreToStop(Evidence.Of(Compared, percentage: (decimal)percentage));
        Assert.Equal((compared, compared), (more.Bad < BadOutcomes.Never, more.Slow < BadOutcomes.Never));
    }

    [Fact]
    public void BadOutcomes_AreAddedAndCompared_EachCountByItself()
    {
        var one = new BadOutcomes(1, 20, 3, 40, 5);
        var other = new BadOutcomes(10, 2, 30, 4, 50);
        Assert.Equal(new BadOutcomes(11, 22, 33, 44, 55), one.Plus(other));
        Assert.Equal(new BadOutcomes(1, 2, 3, 4, 5), one.Min(other));
        Assert.Equal(one, one.Plus(BadOutcomes.None));
        Assert.Equal(one, one.Min(BadOutcomes.NeverReached));
        Assert.True(BadOutcomes.NeverReached.Plus(BadOutcomes.NeverReached).Bad > 0); // no overflow
    }
}
