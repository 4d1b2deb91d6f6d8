using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Actions;

/// <summary>A flag that is on for half of the users, watched, and a user in each half.</summary>
public abstract class OutcomeTests : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private protected readonly FakeTimeProvider _time = new();
    private protected readonly AmbientUser _ambient = new();
    private protected readonly FlagServices _services;

    protected OutcomeTests() => _services = new FlagServices([Flag.Percentage("half", 50), Flag.Percentage("other", 50)], before: services => services
        .AddSingleton<TimeProvider>(_time).AddSingleton<Microsoft.FeatureManagement.FeatureFilters.ITargetingContextAccessor>(_ambient));

    public void Dispose()
    {
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected IActionTracer Tracer => _services.Get<IActionTracer>();

    // By docs/buckets.md; far enough from the middle for every percentage that the tests use.
    private protected static readonly FeatureFlagContext On = InArm("half", below: 10);
    private protected static readonly FeatureFlagContext Off = InArm("half", below: 100, from: 90);
    private protected static readonly FeatureFlagContext Between = InArm("half", below: 70, from: 60);

    private protected OutcomeWatch Watch(string flag = "half", decimal percentage = 50) => _services.Get<OutcomeRecorder>().Watch(flag, 1, percentage, Window);

    private protected void Act(FeatureFlagContext context, double milliseconds = 10, bool fails = false, string flag = "half")
    {
        using TracedAction action = Tracer.StartAction("checkout");
        _services.Manager.IsEnabled(flag, context);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        if (fails)
            action.Fail();
    }

    private protected TracedAction Expose(FeatureFlagContext context, string flag = "half")
    {
        TracedAction action = Tracer.StartAction("checkout");
        _services.Manager.IsEnabled(flag, context);
        return action;
    }

    /// <summary>Begins an action in a flow of control of its own, so that two can be under way at once.</summary>
    private protected static TracedAction Apart(Func<TracedAction> begin)
    {
        TracedAction action = default;
        var thread = new Thread(() => action = begin());
        thread.Start();
        thread.Join();
        return action;
    }

    private static FeatureFlagContext InArm(string flag, decimal below, decimal from = 0) =>
        Enumerable.Range(0, 1_000).Select(i => new FeatureFlagContext { UserId = $"user{i}" }).First(user =>
            Bucket.Hash(user.BucketingKey, Bucket.Seed(flag)) is var hash && hash < Bucket.Threshold(below) && hash >= Bucket.Threshold(from));
}
