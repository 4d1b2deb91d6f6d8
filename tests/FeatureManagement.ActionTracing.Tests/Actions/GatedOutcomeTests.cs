using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Actions;

/// <summary>What the recorder makes of actions behind a gate of the flag, of fallbacks, and of actions that were given up.</summary>
public sealed class GatedOutcomeTests : OutcomeTests
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Gate_OnOrOff_CountsInNeitherArmForErrorsAndLatency()
    {
        using OutcomeWatch watch = Watch();
        watch.SetSlowThreshold(Slow);
        Act(On, milliseconds: 60, fails: true, Tracer.NoteGate);
        Act(Off, milliseconds: 60, fails: true, Tracer.NoteGate);

        OutcomeCounts counts = watch.Read();
        Assert.Equal((new RolloutArm { Units = 1 }, new RolloutArm { Units = 1 }), (counts.Exposed, counts.Control));
        Assert.Equal(new ActionCounts(1, 1, TimeSpan.FromMilliseconds(60)), counts.Actions);
        Assert.Equal((1, 1), (counts.Gated.Units, counts.Gated.Errors));
    }

    [Fact]
    public void Gate_BesideComparableActions_LeavesThemComparable()
    {
        using OutcomeWatch watch = Watch();
        Act(On, 3);
        Act(On, 25, fails: false, Tracer.NoteGate);
        Act(Off, 3);
        OutcomeCounts counts = watch.Read();
        RolloutArm same = new() { Units = 1, AtRisk = 1, Latency = default(Moments).Add(Math.Log(3)) };
        Assert.Equal((same, same), (counts.Exposed, counts.Control));
        Assert.Equal((1, 0), (counts.Gated.Units, counts.Gated.Errors));
    }

    [Fact]
    public void Gate_CountsTheFirstActionOfEachUnit_OncePerRollout()
    {
        using OutcomeWatch watch = Watch();
        Act(On, 10, fails: false, Tracer.NoteGate);
        Act(On, 10, fails: true, Tracer.NoteGate);
        watch.BeginStep(2, 50, newRound: true);
        Act(On, 10, fails: true, Tracer.NoteGate);
        Assert.Equal((1, 0), (watch.Read().Gated.Units, watch.Read().Gated.Errors));
        Assert.Equal((1, 0), (watch.Read().Gated.WindowUnits, watch.Read().Gated.WindowErrors));
    }

    [Fact]
    public void Gate_CountsAUnitFromItsAnswerOn_AndTheErrorWhenTheActionEnds()
    {
        using OutcomeWatch watch = Watch();
        using (TracedAction action = Expose(On))
        {
            Tracer.NoteGate("half");
            Tracer.NoteGate("HALF");
            Assert.Equal((1, 0), (watch.Read().Gated.Units, watch.Read().Gated.Errors));
            action.Fail();
        }
        Assert.Equal((1, 1), (watch.Read().Gated.Units, watch.Read().Gated.Errors));
    }

    [Fact]
    public void Gate_ThatAnsweredBeforeTheExposure_CountsAsWell()
    {
        using OutcomeWatch watch = Watch();
        using TracedAction action = Tracer.StartAction("page");
        Tracer.NoteGate("half");
        _services.Manager.IsEnabled("half", On);
        Assert.Equal(1, watch.Read().Gated.Units);
    }

    [Fact]
    public void Gate_OfAnIgnoredAction_CountsForNothing_AndTheNextActionIsTheFirst()
    {
        using OutcomeWatch watch = Watch();
        using (TracedAction action = Expose(On))
        {
            Tracer.NoteGate("half");
            action.Ignore();
        }
        Assert.Equal(default, watch.Read().Gated);
        Act(On, 10, fails: true, Tracer.NoteGate);
        Assert.Equal(new GatedCounts { Units = 1, Errors = 1, WindowUnits = 1, WindowErrors = 1 }, watch.Read().Gated);
    }

    [Fact]
    public void GatedWindow_OfOneUnitThatFailsAgainAndAgain_CountsItOnce()
    {
        using OutcomeWatch watch = Watch();
        for (int i = 0; i < 200; i++)
            Act(On, 1_000, fails: true, Tracer.NoteGate);
        Assert.Equal((1, 1), (watch.Read().Gated.WindowUnits, watch.Read().Gated.WindowErrors));
    }

    [Fact]
    public void GatedWindow_OfUnitsThatComeOften_IsTheRateOfTheirActions()
    {
        // One action in five of each unit fails, never the first one of a tenth of the window: to have met any error is no failure.
        using OutcomeWatch watch = Watch();
        for (int i = 0; i < 15; i++)
            Act(On, 2_000, fails: i % 5 == 3, Tracer.NoteGate);
        Assert.Equal((1, 0), (watch.Read().Gated.WindowUnits, watch.Read().Gated.WindowErrors));
    }

    [Fact]
    public void Gate_OfAnActionThatOutlivesItsStep_StillCounts()
    {
        using OutcomeWatch watch = Watch();
        using (TracedAction action = Expose(On))
        {
            Tracer.NoteGate("half");
            action.Fail();
            watch.BeginStep(2, 50, newRound: true);
        }
        Assert.Equal((1, 1), (watch.Read().Gated.Units, watch.Read().Gated.Errors));
    }

    [Fact]
    public void GatedWindow_CountsDistinctUnits_AndForgetsThem()
    {
        using OutcomeWatch watch = Watch();
        FeatureFlagContext[] users = [.. Enumerable.Range(0, 200).Select(i => new FeatureFlagContext { UserId = $"user{i}" }).Where(user => _services.Manager.IsEnabled("half", user))];
        for (int minute = 0; minute < 4; minute++)
        {
            foreach (FeatureFlagContext user in users)
                Act(user, 0, fails: minute == 3, Tracer.NoteGate);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        GatedCounts counts = watch.Read().Gated;
        Assert.Equal((users.Length, users.Length), (counts.WindowUnits, counts.WindowErrors));
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((users.Length, users.Length), (watch.Read().Gated.WindowUnits, watch.Read().Gated.WindowErrors)); // the last minute's
        Act(users[0], 0, fails: false, Tracer.NoteGate);
        Assert.Equal((users.Length, users.Length - 1), (watch.Read().Gated.WindowUnits, watch.Read().Gated.WindowErrors));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((0, 0, users.Length), (watch.Read().Gated.WindowUnits, watch.Read().Gated.WindowErrors, watch.Read().Gated.Units));
    }

    [Fact]
    public void Fallback_ComparesForErrors_AndNotForLatency()
    {
        using OutcomeWatch watch = Watch();
        watch.SetSlowThreshold(Slow);
        Act(On, 60, fails: true, Fallback);
        Act(Off, 1, fails: false, Fallback);
        Assert.Equal(new RolloutArm { Units = 1, AtRisk = 1, Bad = 1 }, watch.Read().Exposed);
        Assert.Equal(new RolloutArm { Units = 1, AtRisk = 1 }, watch.Read().Control);
        Assert.Equal(0, watch.Read().Gated.Units);

        void Fallback(string flag) => _services.Get<AmbientAction>().Current!.Exposures!.NoteFallback(flag);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GivenUp_AfterTheSlowThreshold_IsSlow_AndNeitherTimedNorAnError(bool on)
    {
        using OutcomeWatch watch = Watch();
        watch.SetSlowThreshold(Slow);
        for (int i = 0; i < 2; i++)
            GiveUp(on ? On : Off, 51);
        Assert.Equal(new RolloutArm { Units = 1, SlowAtRisk = 1, Slow = 1 }, on ? watch.Read().Exposed : watch.Read().Control);
        Assert.Equal(0, watch.Read().Actions.Actions);
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(5_000, false)]
    public void GivenUp_BelowTheSlowThresholdOrWithoutOne_MeansNothing(int milliseconds, bool hasThreshold)
    {
        using OutcomeWatch watch = Watch();
        if (hasThreshold)
            watch.SetSlowThreshold(Slow);
        GiveUp(On, milliseconds);
        GiveUp(Off, milliseconds);
        Assert.Equal((new RolloutArm(), new RolloutArm(), default), (watch.Read().Exposed, watch.Read().Control, watch.Read().Actions));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GivenUp_BehindAGate_CountsForTheRatioAndForMaxLatency_AndNeverAsAnError(bool hasThreshold)
    {
        using OutcomeWatch watch = Watch();
        if (hasThreshold)
            watch.SetSlowThreshold(Slow);
        foreach (FeatureFlagContext user in new[] { On, Off })
        {
            using TracedAction action = Expose(user);
            Tracer.NoteGate("half");
            _time.Advance(TimeSpan.FromSeconds(5));
            action.Fail(new OperationCanceledException()); // by the client who left
            action.GiveUp();
        }
        OutcomeCounts counts = watch.Read();
        Assert.Equal((new RolloutArm { Units = 1 }, new RolloutArm { Units = 1 }), (counts.Exposed, counts.Control));
        Assert.Equal(new ActionCounts(1, 0, TimeSpan.FromSeconds(5)), counts.Actions);
        Assert.Equal((1, 0, 0), (counts.Gated.Units, counts.Gated.Errors, counts.Gated.WindowErrors));
    }

    private void GiveUp(FeatureFlagContext context, double milliseconds)
    {
        using TracedAction action = Expose(context);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        action.Fail(new OperationCanceledException()); // by the client who left
        action.GiveUp();
    }

    private void Act(FeatureFlagContext context, double milliseconds, bool fails, Action<string> note)
    {
        using TracedAction action = Expose(context);
        note("half");
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        if (fails)
            action.Fail();
    }
}
