using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Actions;

/// <summary>Which action an exposure belongs to.</summary>
public sealed class ActionScopeTests : OutcomeTests
{
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
            }
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }
        Assert.Equal(new ActionCounts(1, 0, TimeSpan.FromMilliseconds(10)), watch.Read().Actions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FailureOfANestedAction_CountsForTheOutermost(bool traced)
    {
        if (traced)
            _services.Flags.Set(Flag.Percentage("half", 50), Flag.On("action_tracing_enabled"));
        using OutcomeWatch watch = Watch();
        using (Tracer.StartAction("request"))
        using (Tracer.StartAction("step"))
        {
            _services.Manager.IsEnabled("half", On);
            using TracedAction inner = Tracer.StartAction("part of a step");
            inner.Fail("refused");
        }
        Assert.Equal((1, 1), (watch.Read().Actions.Actions, watch.Read().Actions.Errors));
    }

    [Fact]
    public void FailureOfTheCurrentAction_IsAnError_FromWhereverItIsReported()
    {
        Assert.Null(Tracer.Current);
        using OutcomeWatch watch = Watch();
        using (Tracer.StartAction("request"))
        {
            _services.Manager.IsEnabled("half", On);
            Tracer.Current?.Fail("payment refused");
        }
        Assert.Null(Tracer.Current);
        Assert.Equal(1, watch.Read().Actions.Errors);
    }

    [Fact]
    public async Task ExceptionOfANestedAction_ThatIsCaught_IsNoErrorOfTheOutermost()
    {
        using OutcomeWatch watch = Watch();
        using (Tracer.StartAction("request"))
        {
            _services.Manager.IsEnabled("half", On);
            await Assert.ThrowsAsync<TimeoutException>(() => Tracer.TraceAsync("step", null, () => throw new TimeoutException()));
        }
        Assert.Equal((1, 0), (watch.Read().Actions.Actions, watch.Read().Actions.Errors));
    }

    [Fact]
    public async Task ActionsInsideOneThatDoesNotCount_AreOutermostAgain_EachForItself()
    {
        using OutcomeWatch watch = Watch();
        using TracedAction socket = Tracer.StartAction("socket");
        socket.Ignore();
        var both = new Barrier(2);
        await Task.WhenAll(Task.Run(() => CallAsync(On, fails: true)), Task.Run(() => CallAsync(Off, fails: false)));
        OutcomeCounts counts = watch.Read();
        Assert.Equal((1, 1, 1, 0), (counts.Exposed.AtRisk, counts.Exposed.Bad, counts.Control.AtRisk, counts.Control.Bad));

        async Task CallAsync(FeatureFlagContext user, bool fails)
        {
            using TracedAction call = Tracer.StartAction("call");
            await Task.Yield();
            _services.Manager.IsEnabled("half", user);
            both.SignalAndWait();
            using TracedAction step = Tracer.StartAction("step");
            if (fails)
                step.Fail("broken");
        }
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
        TracedAction first = Apart(() => Tracer.StartAction("first"));
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
            _services.Flags.Set(Flag.Percentage("half", 50) with { Telemetry = telemetry });
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
    public void PercentageThatIsTheSameForAll_IsAskedForTheAmbientUser(int percentage)
    {
        _ambient.Context = On;
        _services.Flags.Set(Flag.Percentage("half", percentage));
        using OutcomeWatch watch = Watch(percentage: percentage);
        using (Tracer.StartAction("checkout"))
            _services.Manager.IsEnabled("half");
        Assert.Equal((percentage == 100 ? 1 : 0, percentage == 0 ? 1 : 0), (watch.Read().Exposed.Units, watch.Read().Control.Units));
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
}
