using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Safety;
using FeatureManagement.ActionTracing.Tests.Support;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Safety;

public sealed class OutcomeRecorderTests : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();
    private readonly AmbientUser _ambient = new();
    private readonly FlagServices _services;

    public OutcomeRecorderTests() => _services = new FlagServices([Flag.Share("half", 50), Flag.Share("other", 50)], before: services => services
        .AddSingleton<TimeProvider>(_time).AddSingleton<Microsoft.FeatureManagement.FeatureFilters.ITargetingContextAccessor>(_ambient));

    public void Dispose() => _services.Dispose();

    private IActionTracer Tracer => _services.Get<IActionTracer>();

    // By docs/buckets.md; far enough from the middle for every share that the tests use.
    private static readonly FeatureFlagContext On = InArm("half", below: 10);
    private static readonly FeatureFlagContext Off = InArm("half", below: 100, from: 90);
    private static readonly FeatureFlagContext Between = InArm("half", below: 70, from: 60);

    [Fact]
    public void Action_WithExposure_CountsItsUnitOncePerStep()
    {
        using OutcomeWatch watch = Watch();
        for (int i = 0; i < 3; i++)
            Act(On, milliseconds: 10 + i, fails: i > 0);
        Act(Off, milliseconds: 20);

        OutcomeCounts counts = watch.Read();
        Assert.Equal(new ArmCounts { Units = 1, AtRisk = 1, Bad = 1, Latency = default(LogLatency).Add(10) }, counts.Exposed);
        Assert.Equal(new ArmCounts { Units = 1, AtRisk = 1, Latency = default(LogLatency).Add(20) }, counts.Control);
        Assert.Equal(new ActionCounts(3, 2, TimeSpan.FromMilliseconds(33)), counts.Actions);
        Assert.Equal([20.0], counts.ControlLatencies);
    }

    [Fact]
    public void Exposure_BeforeTheActionEnds_CountsForTheSplitOnly()
    {
        using OutcomeWatch watch = Watch();
        using TracedAction action = Tracer.StartAction("checkout");
        _services.Manager.IsEnabled("half", On);
        Assert.Equal(new ArmCounts { Units = 1 }, watch.Read().Exposed);
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
    public void Unit_ThatMovesFromControlToExposed_CountsAfreshInTheNewStep()
    {
        using OutcomeWatch watch = Watch();
        Act(Between, fails: true);
        Assert.Equal((1, 1), (watch.Read().Control.Units, watch.Read().Control.Bad));

        _services.Flags.Set(Flag.Share("half", 75));
        watch.BeginStep(2, 75);
        Act(Between);
        OutcomeCounts counts = watch.Read();
        Assert.Equal((2, 1, 1, 0, 0), (counts.Step, counts.Exposed.Units, counts.Exposed.AtRisk, counts.Exposed.Bad, counts.Control.Units));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StepChange_InEitherOrderWithTheShare_NeverMixesTheTwo(bool shareFirst)
    {
        using OutcomeWatch watch = Watch();
        if (shareFirst)
            _services.Flags.Set(Flag.Share("half", 75));
        else
            watch.BeginStep(2, 75);
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
            watch.BeginStep(2, 50);
        }
        Assert.Equal(default, watch.Read().Exposed);
        Assert.Equal(default, watch.Read().Actions);
    }

    [Fact]
    public void Action_WithoutTheFlag_CountsNowhere()
    {
        using OutcomeWatch watch = Watch();
        using (Tracer.StartAction("checkout"))
            _services.Manager.IsEnabled("other", On);
        Assert.Equal((default, default, default), (watch.Read().Exposed, watch.Read().Control, watch.Read().Actions));
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
            Flag.Share("half", 50) with { Whitelist = [On.UserId!] },
            Flag.Off("parent"),
            Flag.Share("child", 50) with { Parent = "parent" },
            Flag.Killed("killed"),
            Flag.On("enabled"));
        foreach (string flag in (string[])["half", "child", "killed", "enabled"])
        {
            using OutcomeWatch watch = Watch(flag, share: _services.Snapshot.Find(flag)!.Definition.Percentage);
            Act(On, flag: flag);
            Assert.Equal((0, 0), (watch.Read().Exposed.Units, watch.Read().Control.Units));
        }
    }

    [Fact]
    public void CutShort_CountsForTheSplitOnly_AndForThatFlagOnly()
    {
        using OutcomeWatch watch = Watch();
        using OutcomeWatch other = Watch("other");
        using (Tracer.StartAction("checkout"))
        {
            _services.Manager.IsEnabled("half", Off);
            _services.Manager.IsEnabled("other", Off);
            Tracer.CutShort("HALF");
        }
        Assert.Equal(new ArmCounts { Units = 1 }, watch.Read().Control);
        Assert.Equal(1, other.Read().Control.AtRisk + other.Read().Exposed.AtRisk);
        Assert.Empty(watch.Read().ControlLatencies);
    }

    [Fact]
    public void Ignored_CountsForTheSplitOnly()
    {
        using OutcomeWatch watch = Watch();
        using (TracedAction action = Tracer.StartAction("stream"))
        {
            _services.Manager.IsEnabled("half", On);
            action.Fail();
            action.Ignore();
        }
        Assert.Equal(new ArmCounts { Units = 1 }, watch.Read().Exposed);
        Assert.Equal(default, watch.Read().Actions);
    }

    [Fact]
    public void NestedActions_TheOutermostCounts()
    {
        using OutcomeWatch watch = Watch();
        using (Tracer.StartAction("request"))
        {
            using (TracedAction inner = Tracer.StartAction("step"))
            {
                _services.Manager.IsEnabled("half", On);
                _time.Advance(TimeSpan.FromMilliseconds(5));
                inner.Fail();
            }
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }
        Assert.Equal(new ActionCounts(1, 0, TimeSpan.FromMilliseconds(10)), watch.Read().Actions);
    }

    [Fact]
    public async Task Exposures_CrossAwaitTaskRunAndParallelWork()
    {
        using OutcomeWatch watch = Watch();
        FeatureFlagContext[] users = [.. Enumerable.Range(0, 200).Select(i => new FeatureFlagContext { UserId = $"user{i}" })];
        using (Tracer.StartAction("batch"))
        {
            await Task.Yield();
            await Task.Run(() => _services.Manager.IsEnabled("half", users[0]));
            Parallel.ForEach(users, user => _services.Manager.IsEnabled("half", user));
        }
        OutcomeCounts counts = watch.Read();
        Assert.Equal((200, 200), (counts.Exposed.Units + counts.Control.Units, counts.Exposed.AtRisk + counts.Control.AtRisk));
        Assert.Equal(0, counts.OutsideActions);
    }

    [Fact]
    public async Task StrayTask_AfterItsAction_HarmsNoOtherAction()
    {
        using OutcomeWatch watch = Watch();
        var gate = new TaskCompletionSource();
        Task stray;
        using (Tracer.StartAction("request"))
        {
            stray = Task.Run(async () =>
            {
                await gate.Task;
                _services.Manager.IsEnabled("half", On);
                // What it starts now is an action of its own.
                using TracedAction own = Tracer.StartAction("own");
                _services.Manager.IsEnabled("half", Off);
            });
        }
        using (Tracer.StartAction("next"))
        {
            gate.SetResult();
            await stray;
        }
        OutcomeCounts counts = watch.Read();
        Assert.Equal((0, 1, 1, 1), (counts.Exposed.Units, counts.OutsideActions, counts.Control.Units, counts.Control.AtRisk));
    }

    [Fact]
    public void Action_ThatEndsInsideAnother_LeavesTheOtherAlone()
    {
        using OutcomeWatch watch = Watch();
        TracedAction first = default;
        using (ExecutionContext.SuppressFlow())
        {
            var thread = new Thread(() => first = Tracer.StartAction("first"));
            thread.Start();
            thread.Join();
        }
        using (Tracer.StartAction("second"))
        {
            first.Dispose();
            _services.Manager.IsEnabled("half", On);
        }
        Assert.Equal((1, 1, 0), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk, watch.Read().OutsideActions));
    }

    [Fact]
    public async Task EveryWayOfAsking_IsAnExposure()
    {
        _ambient.Context = On;
        Func<IServiceProvider, Task>[] ways =
        [
            _ => Task.FromResult(_services.Manager.IsEnabled("half")),
            _ => Task.FromResult(_services.Manager.GetVariant("half", On)),
            _ => Task.FromResult(_services.Manager.Evaluate("half", On)),
            scope => scope.GetRequiredService<IFeatureManager>().IsEnabledAsync("half"),
            scope => scope.GetRequiredService<IVariantFeatureManager>().IsEnabledAsync("half", On).AsTask(),
            scope => scope.GetRequiredService<IVariantFeatureManager>().GetVariantAsync("half").AsTask(),
            scope => scope.GetRequiredService<IFeatureManagerSnapshot>().IsEnabledAsync("half"),
            scope => scope.GetRequiredService<IVariantFeatureManagerSnapshot>().IsEnabledAsync("half").AsTask(),
        ];
        foreach (bool telemetry in (bool[])[false, true])
        {
            _services.Flags.Set(Flag.Share("half", 50) with { Telemetry = telemetry });
            foreach (Func<IServiceProvider, Task> ask in ways)
            {
                using OutcomeWatch watch = Watch();
                using IServiceScope scope = _services.Provider.CreateScope();
                using (Tracer.StartAction("checkout"))
                    await ask(scope.ServiceProvider);
                Assert.Equal((1, 1), (watch.Read().Exposed.Units, watch.Read().Exposed.AtRisk));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void ShareThatIsTheSameForAll_IsAskedForTheAmbientUser(int share)
    {
        _ambient.Context = On;
        _services.Flags.Set(Flag.Share("half", share));
        using OutcomeWatch watch = Watch(share: share);
        using (Tracer.StartAction("checkout"))
            _services.Manager.IsEnabled("half");
        Assert.Equal((share == 100 ? 1 : 0, share == 0 ? 1 : 0), (watch.Read().Exposed.Units, watch.Read().Control.Units));
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

        watch.BeginStep(2, 50);
        Act(On, milliseconds: 60);
        Assert.Equal((1, 1), (watch.Read().Exposed.SlowAtRisk, watch.Read().Exposed.Slow));
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
        watch.BeginStep(2, 50);
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
        _services.Flags.Set(Flag.Share("half", 50) with { Description = "edited" }, Flag.On("new"));
        Act(On);
        Assert.Equal(1, watch.Read().Exposed.AtRisk);
    }

    [Fact]
    public void Exposure_Repeated_AllocatesNothing()
    {
        using OutcomeWatch watch = Watch();
        using TracedAction action = Tracer.StartAction("checkout");
        _services.Manager.IsEnabled("half", On);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            _services.Manager.IsEnabled("half", On);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1, watch.Read().Exposed.Units);
    }

    private OutcomeWatch Watch(string flag = "half", decimal share = 50) => _services.Get<OutcomeRecorder>().Watch(flag, 1, share, Window);

    private void Act(FeatureFlagContext context, double milliseconds = 10, bool fails = false, string flag = "half")
    {
        using TracedAction action = Tracer.StartAction("checkout");
        _services.Manager.IsEnabled(flag, context);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        if (fails)
            action.Fail();
    }

    private static FeatureFlagContext InArm(string flag, decimal below, decimal from = 0) =>
        Enumerable.Range(0, 1_000).Select(i => new FeatureFlagContext { UserId = $"user{i}" }).First(user =>
            Bucket.Hash(user.BucketingKey, Bucket.Seed(flag)) is var hash && hash < Bucket.Threshold(below) && hash >= Bucket.Threshold(from));
}
