using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Tests.Actions;

/// <summary>What the recorder counts towards an early check of the comparison: bad outcomes of both arms together, or else the result would choose its windows.</summary>
public sealed class EarlyCheckTriggerTests : OutcomeTests
{
    private readonly List<EarlyCheck> _calls = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ErrorOfEitherArm_MakesTheComparisonDue(bool exposed)
    {
        using OutcomeWatch watch = WatchFor(BadOutcomes.NeverReached with { Bad = 1 });
        Act(exposed ? On : Off, fails: true);
        Assert.Equal([EarlyCheck.Comparison], _calls);
    }

    [Fact]
    public void OneErrorOfEachArm_ReachALimitOfTwo()
    {
        using OutcomeWatch watch = WatchFor(BadOutcomes.NeverReached with { Bad = 2 });
        Act(On, fails: true);
        Act(On, fails: true); // the same user once more
        Assert.Empty(_calls);
        Act(Off, fails: true);
        Assert.Equal([EarlyCheck.Comparison], _calls);
    }

    [Fact]
    public void OneSlowActionOfEachArm_ReachALimitOfTwo()
    {
        using OutcomeWatch watch = WatchFor(BadOutcomes.NeverReached with { Slow = 2 });
        watch.SetSlowThreshold(TimeSpan.FromMilliseconds(50));
        Act(Off, milliseconds: 60);
        Assert.Empty(_calls);
        Act(On, milliseconds: 60);
        Assert.Equal([EarlyCheck.Comparison], _calls);
    }

    [Fact]
    public void ErrorOfControl_MakesNoThresholdDue()
    {
        using OutcomeWatch watch = WatchFor(BadOutcomes.NeverReached with { ExposedErrors = 1 });
        Act(Off, fails: true);
        Assert.Empty(_calls);
        Act(On, fails: true);
        Assert.Equal([EarlyCheck.Absolute], _calls);
    }

    private OutcomeWatch WatchFor(BadOutcomes limits)
    {
        OutcomeWatch watch = _services.Get<OutcomeRecorder>().Watch("half", 1, 50, TimeSpan.FromMinutes(5), due: _calls.Add);
        watch.Alarm.Arm(limits, EarlyCheck.Absolute | EarlyCheck.Comparison);
        return watch;
    }
}
