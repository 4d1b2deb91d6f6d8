using CsCheck;
using FeatureManagement.ActionTracing.Flags.Rollouts;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

public class RolloutCurveTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(RolloutType.Linear, 0, 1)]
    [InlineData(RolloutType.Linear, 30, 50.5)]
    [InlineData(RolloutType.Linear, 60, 100)]
    [InlineData(RolloutType.Exponential, 30, 25.75)]
    [InlineData(RolloutType.Exponential, 6, 1.99)]
    [InlineData(RolloutType.Exponential, 600, 100)]
    [InlineData(RolloutType.Stepped, 14.99, 1)]
    [InlineData(RolloutType.Stepped, 15, 25)]
    [InlineData(RolloutType.Stepped, 45, 75)]
    [InlineData(RolloutType.Stepped, 59, 75)]
    [InlineData(RolloutType.Stepped, 60, 100)]
    public void At_SomeMinutes_IsTheTicketsCurve(RolloutType type, double minutes, double percentage) =>
        Assert.Equal((decimal)percentage, RolloutCurve.At(new() { Type = type, Duration = Hour }, 1, TimeSpan.FromMinutes(minutes)));

    [Theory]
    [InlineData(RolloutType.Linear, 5, 17.5)]
    [InlineData(RolloutType.Linear, 20, 40)]
    [InlineData(RolloutType.Linear, 1, 11.5)]
    [InlineData(RolloutType.Linear, 0.011, 10.0165)]
    [InlineData(RolloutType.Linear, 59.99999, 100)]
    [InlineData(RolloutType.Exponential, 20, 20)]
    [InlineData(RolloutType.Exponential, 40, 50)]
    [InlineData(RolloutType.Stepped, 20, 30)]
    [InlineData(RolloutType.Stepped, 40, 60)]
    public void At_AFractionThatIsNoDecimal_IsExactToFourDigits(RolloutType type, double minutes, double percentage) =>
        Assert.Equal((decimal)percentage, RolloutCurve.At(new() { Type = type, Duration = Hour, Checkpoints = [30, 60, 100] }, 10, TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void At_AnyNumberOfCheckpoints_ReachesEachAtItsTick() => Gen.Select(Gen.Int[1, 60], Gen.Long[60, TimeSpan.TicksPerDay * 3_650]).Sample((count, ticks) =>
    {
        var plan = new RolloutConfig { Type = RolloutType.Stepped, Duration = TimeSpan.FromTicks(ticks), Checkpoints = [.. Enumerable.Range(1, count).Select(percentage => (decimal)percentage)] };
        for (int step = 1; step <= count; step++)
        {
            var due = new TimeSpan((long)(((Int128)ticks * step + count - 1) / count)); // the first tick that is not before step/count of the duration
            Assert.Equal(step, RolloutCurve.At(plan, 0, due));
            Assert.Equal(step - 1, RolloutCurve.At(plan, 0, due - TimeSpan.FromTicks(1)));
        }
    });

    [Fact]
    public void TargetPercentage_NotGiven_IsWhereTheListEnds()
    {
        RolloutScheduleEntry[] schedule = [new(TimeSpan.FromSeconds(5), 20), new(TimeSpan.FromSeconds(12), 50)];
        Assert.Equal(50, new RolloutConfig { Type = RolloutType.Custom, Schedule = schedule }.TargetPercentage);
        Assert.Equal(20, new RolloutConfig { Type = RolloutType.Stepped, Checkpoints = [10, 20] }.TargetPercentage);
        Assert.Equal(100, new RolloutConfig { Type = RolloutType.Linear, Checkpoints = [10, 20], Schedule = schedule }.TargetPercentage);
        Assert.Equal(100, new RolloutConfig { Type = RolloutType.Stepped }.TargetPercentage);
        Assert.Equal(30, new RolloutConfig { Type = RolloutType.Stepped, TargetPercentage = 30 }.TargetPercentage);
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(10, 5)]
    [InlineData(29, 20)]
    [InlineData(30, 60)]
    public void At_CustomSchedule_IsTheLastEntryThatHasPassed(double minutes, double percentage)
    {
        var plan = new RolloutConfig
        {
            Type = RolloutType.Custom,
            Schedule = [new(TimeSpan.FromMinutes(10), 5), new(TimeSpan.FromMinutes(20), 20), new(TimeSpan.FromMinutes(30), 60)],
        };
        Assert.Equal((decimal)percentage, RolloutCurve.At(plan, 1, TimeSpan.FromMinutes(minutes)));
    }

    [Fact]
    public void At_AnyPlan_RisesFromStartToTarget() =>
        Gen.Select(Gen.Enum<RolloutType>(), Gen.Decimal[0, 100], Gen.Decimal[0, 100], Gen.Int[1, 10_000].Array[1, 6], Gen.Decimal[0, 100].Array[6], Gen.Double[0, 1.5].Array[2, 20])
        .Sample((type, one, other, after, percentages, times) =>
        {
            decimal start = Math.Min(one, other);
            decimal[] rising = [.. percentages.Take(after.Length).Order()];
            TimeSpan[] passed = [.. after.Order().Select(seconds => TimeSpan.FromSeconds(seconds))];
            var plan = new RolloutConfig
            {
                Type = type,
                Duration = Hour,
                TargetPercentage = Math.Max(one, other),
                Checkpoints = rising,
                Schedule = [.. passed.Select((time, i) => new RolloutScheduleEntry(time, rising[i]))],
            };
            decimal before = start;
            foreach (double fraction in times.Order())
            {
                decimal now = RolloutCurve.At(plan, start, RolloutCurve.Duration(plan) * fraction);
                Assert.InRange(now, before, plan.TargetPercentage);
                before = now;
            }
            Assert.Equal(plan.TargetPercentage, RolloutCurve.At(plan, start, RolloutCurve.Duration(plan)));
        });

    [Theory]
    [InlineData(RolloutType.Linear)]
    [InlineData(RolloutType.Exponential)]
    public void BandOf_AsManyStepsAsYouLike_HasNineOnTheWay(RolloutType type)
    {
        var plan = new RolloutConfig { Type = type, Duration = Hour };
        int[] bands = [.. Enumerable.Range(0, 10_000).Select(step => RolloutCurve.BandOf(RolloutCurve.At(plan, 1, Hour * step / 10_000)))];
        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1, 0], bands.Distinct());
        Assert.Equal(bands.OrderDescending(), bands);
    }

    [Fact]
    public void BandOf_TwoPercentagesOfDifferentPhases_Differs() => Gen.Select(Gen.Decimal[0, 100], Gen.Decimal[0, 100])
        .Sample((one, other) => Assert.True(RolloutCurve.PhaseOf(one) == RolloutCurve.PhaseOf(other) || RolloutCurve.BandOf(one) != RolloutCurve.BandOf(other) || Math.Max(one, other) == 100));

    [Theory]
    [InlineData(0, 100)]
    [InlineData(0, 0.0001)]
    [InlineData(5, 5.0001)]
    [InlineData(12.5, 12.5001)]
    [InlineData(50, 50.0001)]
    [InlineData(75, 75.0001)]
    [InlineData(87.5, 87.5001)]
    public void BandOf_PercentagesOnBothSidesOfAnEdge_Differs(double below, double above) =>
        Assert.NotEqual(RolloutCurve.BandOf((decimal)below), RolloutCurve.BandOf((decimal)above));

    [Theory]
    [InlineData(100, 0)]
    [InlineData(87.5001, 0)]
    [InlineData(87.5, 1)]
    [InlineData(75, 2)]
    [InlineData(50, 3)]
    [InlineData(25, 4)]
    [InlineData(12.5, 5)]
    [InlineData(5.0001, 5)]
    [InlineData(5, 6)]
    [InlineData(2.5, 7)]
    [InlineData(1.25, 8)]
    [InlineData(0.0001, 21)]
    [InlineData(0, -1)]
    [InlineData(-1, -1)]
    public void BandOf_IsTheNumberOfEdgesAtOrAboveIt(double percentage, int band) =>
        Assert.Equal(band, RolloutCurve.BandOf((decimal)percentage));

    [Theory]
    [InlineData(0, RolloutPhase.Canary)]
    [InlineData(5, RolloutPhase.Canary)]
    [InlineData(5.0001, RolloutPhase.Gradual)]
    [InlineData(50, RolloutPhase.Gradual)]
    [InlineData(50.0001, RolloutPhase.Majority)]
    [InlineData(99.9999, RolloutPhase.Majority)]
    [InlineData(100, RolloutPhase.Complete)]
    public void PhaseOf_ChangesAboveItsLastPercentage(double percentage, RolloutPhase phase) =>
        Assert.Equal(phase, RolloutCurve.PhaseOf((decimal)percentage));

    [Theory]
    [InlineData(RolloutType.Linear)]
    [InlineData(RolloutType.Exponential)]
    [InlineData(RolloutType.Stepped)]
    [InlineData(RolloutType.Custom)]
    public void At_BeforeTheBeginning_IsTheStart(RolloutType type)
    {
        var plan = new RolloutConfig { Type = type, Duration = Hour, Schedule = [new(TimeSpan.FromMinutes(1), 5), new(Hour, 100)] };
        Assert.Equal(3, RolloutCurve.At(plan, 3, -Hour));
        Assert.Equal(3, RolloutCurve.At(plan, 3, TimeSpan.Zero));
    }

    [Fact]
    public void Duration_IsThatOfTheSchedule_WhereACustomPlanHasOne()
    {
        RolloutScheduleEntry[] schedule = [new(TimeSpan.FromMinutes(1), 5), new(TimeSpan.FromMinutes(9), 100)];
        var plan = new RolloutConfig { Type = RolloutType.Custom, Duration = Hour, Schedule = schedule };
        Assert.Equal(TimeSpan.FromMinutes(9), RolloutCurve.Duration(plan));
        Assert.Equal(Hour, RolloutCurve.Duration(plan with { Type = RolloutType.Linear }));
        Assert.Equal(Hour, RolloutCurve.Duration(new() { Type = RolloutType.Custom, Duration = Hour }));
    }

    [Theory]
    [InlineData(0.00005, 0.0001)] // away from zero
    [InlineData(0.000049, 0)]
    [InlineData(0.00015, 0.0002)]
    public void At_HasFourDigits(double percentage, double expected)
    {
        var plan = new RolloutConfig { Type = RolloutType.Linear, Duration = TimeSpan.FromTicks(100_000_000) };
        Assert.Equal((decimal)expected, RolloutCurve.At(plan, 0, TimeSpan.FromTicks((long)Math.Round(percentage * 1_000_000))));
    }

    [Fact]
    public void At_OfMoreThanFourDigits_LeavesNeitherStartNorTarget()
    {
        RolloutScheduleEntry[] schedule =
            [new(TimeSpan.FromMinutes(1), 10.00003m), new(TimeSpan.FromMinutes(2), 50.00006m), new(Hour, 50.00006m)];
        var plan = new RolloutConfig { Type = RolloutType.Custom, Schedule = schedule };
        Assert.Equal(10.00004m, RolloutCurve.At(plan, 10.00004m, TimeSpan.Zero));
        Assert.Equal(10.0001m, RolloutCurve.At(plan, 10.00006m, TimeSpan.Zero));
        Assert.Equal(10.0001m, RolloutCurve.At(plan, 10.00006m, TimeSpan.FromMinutes(1))); // not down to the entry
        Assert.Equal(50.00006m, RolloutCurve.At(plan, 10, TimeSpan.FromMinutes(2)));
    }
}
