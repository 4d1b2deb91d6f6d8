using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Statistics;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Actions;

public sealed class OutcomeRecorderTests : OutcomeTests
{
    [Fact]
    public void Action_WithExposure_CountsItsUnitOnce()
    {
        using OutcomeWatch watch = Watch();
        for (int i = 0; i < 3; i++)
            Act(On, milliseconds: 10 + i, fails: i > 0);
        Act(Off, milliseconds: 20);

        OutcomeCounts counts = watch.Read();
        Assert.Equal(new RolloutArm { Units = 1, AtRisk = 1, Bad = 1, Latency = default(Moments).Add(Math.Log(10)) }, counts.Exposed);
        Assert.Equal(new RolloutArm { Units = 1, AtRisk = 1, Latency = default(Moments).Add(Math.Log(20)) }, counts.Control);
        Assert.Equal(new ActionCounts(3, 2, TimeSpan.FromMilliseconds(33)), counts.Actions);
        Assert.Equal([20.0], counts.ControlLatencies);
    }

    [Fact]
    public void Exposure_BeforeTheActionEnds_CountsForTheRatioOnly()
    {
        using OutcomeWatch watch = Watch();
        using TracedAction action = Tracer.StartAction("checkout");
        _services.Manager.IsEnabled("half", On);
        Assert.Equal(new RolloutArm { Units = 1 }, watch.Read().Exposed);
    }

    [Fact]
    public void Action_ThatFailsInsideTheGatedCode_IsExposedAndBad()
    {
        using OutcomeWatch watch = Watch();
        Assert.Throws<InvalidOperationException>(() =>
        {
            using TracedAction action = Tracer.StartAction("checkout");
            try
            {
                if (_services.Manager.IsEnabled("half", On))
                    throw new InvalidOperationException();
            }
            catch (Exception exception)
            {
                action.Fail(exception);
                throw;
            }
        });
        Assert.Equal((1, 1, 1), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk, watch.Read().Exposed.Bad));
    }

    [Fact]
    public void Unit_ThatMovesFromControlToExposed_CountsAfreshInTheNewRound()
    {
        using OutcomeWatch watch = Watch();
        Act(Between);
        Assert.Equal((1, 1), (watch.Read().Control.Units, watch.Read().Control.AtRisk));

        _services.Flags.Set(Flag.Percentage("half", 75));
        watch.BeginStep(2, 75, newRound: true);
        Act(Between, milliseconds: 30, fails: true);
        OutcomeCounts counts = watch.Read();
        Assert.Equal((2, new RolloutArm()), (counts.Step, counts.Control));
        Assert.Equal(new RolloutArm { Units = 1, AtRisk = 1, Bad = 1, Latency = default(Moments).Add(Math.Log(30)) }, counts.Exposed);
    }

    [Fact]
    public void Unit_ThatComesBackInTheSameRound_IsAtRiskAgainAndNothingElse()
    {
        using OutcomeWatch watch = Watch();
        Act(Between);
        for (int step = 2; step < 300; step++)
        {
            _services.Flags.Set(Flag.Percentage("half", 75));
            watch.BeginStep(step, 75, newRound: false);
            Act(Between);
            Act(Between);
            Assert.Equal((new RolloutArm { AtRisk = 1 }, new RolloutArm()), (watch.Read().Exposed, watch.Read().Control));
        }
        Act(Between, fails: true);
        Assert.Equal(new RolloutArm { AtRisk = 1, Bad = 1 }, watch.Read().Exposed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unit_ThatWasBadAndSlow_IsNeverAgain(bool newRound)
    {
        using OutcomeWatch watch = Watch();
        watch.SetSlowThreshold(TimeSpan.FromMilliseconds(50));
        Act(On, milliseconds: 60, fails: true);
        Act(Off, milliseconds: 60);
        for (int step = 2; step < 5; step++)
        {
            watch.BeginStep(step, 50, newRound);
            Act(On, milliseconds: 60, fails: true);
            Act(Off, milliseconds: 60, fails: true);
            OutcomeCounts counts = watch.Read();
            Assert.Equal((0, 0, 0, 0), (counts.Exposed.AtRisk, counts.Exposed.Bad, counts.Exposed.SlowAtRisk, counts.Exposed.Slow));
            Assert.Equal(step == 2 ? (1, 1, 0, 0) : (0, 0, 0, 0), (counts.Control.AtRisk, counts.Control.Bad, counts.Control.SlowAtRisk, counts.Control.Slow));
            Assert.Equal(newRound ? (1, 1) : (0, 0), (counts.Exposed.Units, counts.Exposed.Latency.Count));
            Assert.Equal(1, counts.Actions.Errors - step + 1);
        }
    }

    [Fact]
    public void Ignored_AUnitOfAnEarlierStepOfTheRound_TakesNothingFromThisOne()
    {
        using OutcomeWatch watch = Watch();
        using TracedAction running = Apart(() => Expose(On));
        watch.BeginStep(2, 50, newRound: false);
        using (TracedAction ignored = Expose(On))
            ignored.Ignore();
        Assert.Equal(0, watch.Read().Exposed.Units);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StepChange_InEitherOrderWithThePercentage_NeverMixesTheTwo(bool percentageFirst)
    {
        using OutcomeWatch watch = Watch();
        if (percentageFirst)
            _services.Flags.Set(Flag.Percentage("half", 75));
        else
            watch.BeginStep(2, 75, newRound: true);
        Act(Between);
        Assert.Equal((0, 0), (watch.Read().Exposed.Units, watch.Read().Control.Units));
    }

    [Fact]
    public void Action_ThatOutlivesItsStep_IsDropped()
    {
        using OutcomeWatch watch = Watch();
        using (TracedAction action = Tracer.StartAction("checkout"))
        {
            _services.Manager.IsEnabled("half", On);
            action.Fail();
            watch.BeginStep(2, 50, newRound: true);
        }
        Assert.Equal(new RolloutArm(), watch.Read().Exposed);
        Assert.Equal(default, watch.Read().Actions);
    }

    [Fact]
    public void Action_WithoutTheFlag_CountsNowhere()
    {
        using OutcomeWatch watch = Watch();
        using (Tracer.StartAction("checkout"))
            _services.Manager.IsEnabled("other", On);
        Assert.Equal((new RolloutArm(), new RolloutArm(), default), (watch.Read().Exposed, watch.Read().Control, watch.Read().Actions));
    }

    [Fact]
    public void Evaluation_OutsideAnyAction_IsCountedApart()
    {
        using OutcomeWatch watch = Watch();
        _services.Manager.IsEnabled("half", On);
        Assert.Equal((0, 1), (watch.Read().Exposed.Units, watch.Read().OutsideActions));
    }

    [Fact]
    public void DefaultKey_IsCountedApart()
    {
        using OutcomeWatch watch = Watch();
        Act(new FeatureFlagContext());
        Assert.Equal((0, 0, 1), (watch.Read().Exposed.Units, watch.Read().Control.Units, watch.Read().DefaultKeys));
        Assert.Equal(0, watch.Read().Actions.Actions);
    }

    [Fact]
    public void Answers_ThatTheBucketDidNotGive_CountNowhere()
    {
        _services.Flags.Set(
            Flag.Percentage("half", 50) with { Whitelist = [On.UserId!] },
            Flag.Off("parent"),
            Flag.Percentage("child", 50) with { Parent = "parent" },
            Flag.Killed("killed"),
            Flag.On("enabled"));
        foreach (string flag in (string[])["half", "child", "killed", "enabled"])
        {
            using OutcomeWatch watch = Watch(flag, percentage: _services.Snapshot.Find(flag)!.Definition.Percentage);
            Act(On, flag: flag);
            Assert.Equal((0, 0), (watch.Read().Exposed.Units, watch.Read().Control.Units));
        }
    }

    [Fact]
    public void Gate_CountsForTheSampleRatioOnly_AndForThatFlagOnly()
    {
        using OutcomeWatch watch = Watch();
        using OutcomeWatch other = Watch("other");
        using (Tracer.StartAction("checkout"))
        {
            _services.Manager.IsEnabled("half", Off);
            _services.Manager.IsEnabled("other", Off);
            Tracer.NoteGate("HALF");
        }
        Assert.Equal(new RolloutArm { Units = 1 }, watch.Read().Control);
        Assert.Equal(1, other.Read().Control.AtRisk + other.Read().Exposed.AtRisk);
        Assert.Empty(watch.Read().ControlLatencies);
    }

    [Fact]
    public void Ignored_CountsForNothing_FromThenOn()
    {
        using OutcomeWatch watch = Watch();
        using OutcomeWatch other = Watch("other");
        using (TracedAction action = Tracer.StartAction("stream"))
        {
            _services.Manager.IsEnabled("half", On);
            _services.Manager.IsEnabled("half", Off);
            Assert.Equal((1, 1), (watch.Read().Exposed.Units, watch.Read().Control.Units));
            action.Fail();
            action.Ignore();
            Assert.Equal((new RolloutArm(), new RolloutArm()), (watch.Read().Exposed, watch.Read().Control));
            _services.Manager.IsEnabled("half", On);
            _services.Manager.IsEnabled("other", On);
        }
        foreach (OutcomeCounts counts in (OutcomeCounts[])[watch.Read(), other.Read()])
            Assert.Equal((new RolloutArm(), new RolloutArm(), default, 0), (counts.Exposed, counts.Control, counts.Actions, counts.OutsideActions));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ignored_AUnitThatHasAnotherAction_StillCounts(bool ignoredEndsFirst)
    {
        using OutcomeWatch watch = Watch();
        TracedAction ignored = Apart(() => Expose(On)), other = Apart(() => Expose(On));
        if (!ignoredEndsFirst)
            other.Dispose();
        ignored.Ignore();
        ignored.Dispose();
        other.Dispose();
        Assert.Equal((1, 1), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk));
    }

    [Fact]
    public void Ignored_Twice_TakesNothingFromAnotherAction()
    {
        using OutcomeWatch watch = Watch();
        TracedAction stream = Apart(() => Expose(On));
        stream.Ignore();
        TracedAction other = Apart(() => Expose(On));
        stream.Ignore();
        stream.Dispose();
        Assert.Equal(1, watch.Read().Exposed.Units);
        other.Dispose();
        Assert.Equal((1, 1), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk));
    }

    [Fact]
    public void Ignored_AUnitThatComesBack_CountsOnce()
    {
        using OutcomeWatch watch = Watch();
        for (int i = 0; i < 3; i++)
        {
            using TracedAction ignored = Expose(On);
            ignored.Ignore();
        }
        Assert.Equal(0, watch.Read().Exposed.Units);
        using (Expose(On))
            Assert.Equal(1, watch.Read().Exposed.Units);
        using (TracedAction ignored = Expose(On))
            ignored.Ignore();
        Assert.Equal((1, 1), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk));
    }

    [Fact]
    public void Ignored_AUnitWhoseOtherActionPassedAGate_StaysInTheRatio()
    {
        using OutcomeWatch watch = Watch();
        using (Expose(Off))
            Tracer.NoteGate("half");
        using (TracedAction ignored = Expose(Off))
            ignored.Ignore();
        Assert.Equal(new RolloutArm { Units = 1 }, watch.Read().Control);
    }

    [Fact]
    public void Ignored_AfterItsStepHasEnded_ChangesNothingOfTheNext()
    {
        using OutcomeWatch watch = Watch();
        using TracedAction ignored = Apart(() => Expose(On));
        watch.BeginStep(2, 50, newRound: true);
        Act(On);
        ignored.Ignore();
        Assert.Equal((1, 1), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk));
    }

    [Fact]
    public void Ignored_AnInnerAction_LeavesTheOuterOneAsItIs()
    {
        using OutcomeWatch watch = Watch();
        using (Expose(On))
        {
            using TracedAction inner = Tracer.StartAction("inner");
            inner.Ignore();
        }
        Assert.Equal((1, 1), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk));
    }

    [Fact]
    public void SlowThreshold_CountsLaterOutcomesOnly()
    {
        using OutcomeWatch watch = Watch();
        Act(On, milliseconds: 100);
        watch.SetSlowThreshold(TimeSpan.FromMilliseconds(50));
        Assert.Equal((0, 0), (watch.Read().Exposed.SlowAtRisk, watch.Read().Exposed.Slow));
        Act(On, milliseconds: 50);
        Assert.Equal((1, 0), (watch.Read().Exposed.SlowAtRisk, watch.Read().Exposed.Slow));
        Act(On, milliseconds: 51);
        Act(Off, milliseconds: 1);
        OutcomeCounts counts = watch.Read();
        Assert.Equal((1, 1, 1, 0), (counts.Exposed.SlowAtRisk, counts.Exposed.Slow, counts.Control.SlowAtRisk, counts.Control.Slow));
        Assert.Empty(counts.ControlLatencies);

        watch.BeginStep(2, 50, newRound: true);
        Act(Off, milliseconds: 60);
        Assert.Equal((1, 1), (watch.Read().Control.SlowAtRisk, watch.Read().Control.Slow));
    }

    [Fact]
    public void Window_ForgetsWhatIsOlder_AndGoesOnOverSteps()
    {
        using OutcomeWatch watch = Watch();
        Act(On, fails: true);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, watch.Read().Window.Actions);
        _time.Advance(TimeSpan.FromMinutes(3));
        Act(On);
        watch.BeginStep(2, 50, newRound: true);
        Act(On);
        Assert.Equal((3, 1), (watch.Read().Window.Actions, watch.Read().Window.Errors));
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((2, 0), (watch.Read().Window.Actions, watch.Read().Window.Errors));
        Assert.Equal((2, 0), (watch.Read().Window.Actions, watch.Read().Window.Errors));
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((0, 3), (watch.Read().Window.Actions, watch.Read().Actions.Actions));
    }

    [Fact]
    public void Watch_OfAFlagThatIsWatchedOrUnknown_IsRefused()
    {
        OutcomeWatch watch = Watch();
        Assert.Throws<InvalidOperationException>(() => Watch("HALF"));
        Assert.Throws<ArgumentException>(() => Watch("none"));
        watch.Dispose();
        watch.Dispose();
        Watch().Dispose();
        Assert.False(_services.Get<AmbientAction>().IsObserved);
        Assert.Equal(default, Tracer.StartAction("checkout"));
    }

    [Fact]
    public void Watch_OutlivesAReload()
    {
        using OutcomeWatch watch = Watch();
        _services.Flags.Set(Flag.Percentage("half", 50) with { Description = "edited" }, Flag.On("new"));
        Act(On);
        Assert.Equal(1, watch.Read().Exposed.AtRisk);
    }
}
