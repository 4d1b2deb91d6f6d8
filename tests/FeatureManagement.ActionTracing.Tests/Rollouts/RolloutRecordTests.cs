using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>What a stored rollout asks the metrics source for, and when it decides the percentage.</summary>
public class RolloutRecordTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(RolloutPhase.Planned, false)]
    [InlineData(RolloutPhase.Canary, true)]
    [InlineData(RolloutPhase.Gradual, true)]
    [InlineData(RolloutPhase.Majority, true)]
    [InlineData(RolloutPhase.Paused, true)]
    [InlineData(RolloutPhase.Complete, false)]
    [InlineData(RolloutPhase.RolledBack, false)]
    public void IsApplied_FromItsStartToItsEnd(RolloutPhase phase, bool applied) =>
        Assert.Equal(applied, (Simulation.Record(5, new RolloutConfig()) with { Phase = phase }).IsApplied);

    [Fact]
    public void Query_IsOfItsStepAndWindow()
    {
        var plan = new RolloutConfig { SafetyThresholds = new SafetyThresholds { ThresholdWindow = Second * 90 } };
        RolloutRecord record = Simulation.Record(5, plan) with { Step = 3, Round = 2 };
        RolloutQuery query = record.Query("checkout", Second);
        Assert.Equal(("checkout", record.Id, 3, 2), (query.Flag, query.RolloutId, query.Step, query.Round));
        Assert.Equal((5m, Second * 90, Second), (query.Percentage, query.Window, query.SlowThreshold));
        Assert.Equal(TimeSpan.FromMinutes(5), Simulation.Record(5, new RolloutConfig()).Window);
    }

    [Fact]
    public void Query_HasTheSlowThresholdOfThePlan_ElseTheOneThatWasMeasured()
    {
        RolloutRecord measured = Simulation.Record(5, new RolloutConfig());
        RolloutRecord planned = Simulation.Record(5, new RolloutConfig { SlowThreshold = Second * 2 });
        Assert.Equal((null, Second), (measured.Query("a", null).SlowThreshold, measured.Query("a", Second).SlowThreshold));
        Assert.Equal((Second * 2, Second * 2), (planned.Query("a", null).SlowThreshold, planned.Query("a", Second).SlowThreshold));
    }

    [Fact]
    public void Actions_HaveNoRates_WithoutAny_AndAddUp()
    {
        Assert.Equal((null, null), (RolloutActions.None.ErrorRate, RolloutActions.None.MeanLatency));
        RolloutActions sum = new RolloutActions(10, 3, Second).Plus(new RolloutActions(30, 5, Second * 3));
        Assert.Equal((40, 8, Second * 4), (sum.Count, sum.Errors, sum.Latency));
        Assert.Equal((0.2, Second / 10), (sum.ErrorRate, sum.MeanLatency));
    }
}
