using FeatureManagement.ActionTracing.Tests.Support;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Tracing;

/// <summary>Inside an action, the context of the action is the ambient one, whether or not the action is traced.</summary>
public sealed class ActionContextTests
{
    private static readonly FeatureFlagContext Alice = new() { UserId = "alice" };
    private static readonly FeatureFlagContext Bob = new() { UserId = "bob" };

    [Theory]
    [InlineData("disabled")]
    [InlineData("enabled")]
    public async Task EveryWayIn_InsideAnAction_IsForItsContext(string tracing)
    {
        using var host = new TracingHost(flags: [(TracingSwitches.Enabled, tracing), ("list", "canary")]);
        var flags = host.Get<IFeatureFlagManager>();
        await flags.UpdateFlagAsync("list", new FlagUpdate { Whitelist = ["alice"] }, new FlagChange("ann", "test"));
        Assert.False(flags.IsEnabled("list"));
        await host.Tracer.TraceAsync("job", Alice, async () =>
        {
            await Task.Yield();
            Assert.True(flags.IsEnabled("list"));
            Assert.True(flags.Evaluate("list").IsEnabled);
            Assert.True(await Task.Run(() => host.Get<IFeatureManager>().IsEnabledAsync("list")));
            Assert.True(await host.Get<IVariantFeatureManager>().IsEnabledAsync("list", CancellationToken.None));
            Assert.False(flags.IsEnabled("list", Bob));
        });
        Assert.False(flags.IsEnabled("list"));
    }

    [Fact]
    public async Task NestedAction_WithoutAContext_KeepsTheOuterOne()
    {
        using FlagServices services = Create();
        var tracer = services.Get<IActionTracer>();
        await tracer.TraceAsync("outer", Alice, async () =>
        {
            await tracer.TraceAsync("inner", null, () =>
            {
                Assert.True(services.Manager.IsEnabled("list"));
                return Task.CompletedTask;
            });
            await tracer.TraceAsync("for another user", Bob, async () =>
            {
                Assert.False(services.Manager.IsEnabled("list"));
                Assert.False(await tracer.TraceAsync("innermost", null, () => Task.FromResult(services.Manager.IsEnabled("list"))));
            });
            Assert.True(services.Manager.IsEnabled("list"));
        });
    }

    [Fact]
    public async Task ParallelActions_NeverSeeEachOthersContext()
    {
        using FlagServices services = Create();
        var tracer = services.Get<IActionTracer>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (i, _) => await tracer.TraceAsync("job", i % 2 == 0 ? Alice : Bob, async () =>
        {
            for (int turn = 0; turn < 20; turn++)
            {
                Assert.Equal(i % 2 == 0, services.Manager.IsEnabled("list"));
                await Task.Yield();
            }
        }));
    }

    [Fact]
    public void ContextOfAnActionThatHasEnded_IsNobodysContext()
    {
        using FlagServices services = Create();
        TracedAction action = services.Get<IActionTracer>().StartAction("job", Alice);
        ExecutionContext stray = ExecutionContext.Capture()!;
        Assert.True(services.Manager.IsEnabled("list"));
        action.Dispose();
        bool? on = null;
        ExecutionContext.Run(stray, _ => on = services.Manager.IsEnabled("list"), null);
        Assert.False(on);
    }

    [Theory]
    [InlineData("bob", false)] // the accessor answers
    [InlineData(null, true)] // it does not
    [InlineData("throws", true)]
    [InlineData("later", false)]
    public async Task AccessorOfTheApplication_WinsWhereItAnswers(string? accessor, bool expected)
    {
        using FlagServices services = Create(new AmbientUser
        {
            Get = accessor switch
            {
                null => () => default,
                "throws" => () => throw new InvalidOperationException("broken"),
                "later" => LaterAsync,
                _ => () => new(Bob),
            },
        });
        await services.Get<IActionTracer>().TraceAsync("job", Alice, async () =>
        {
            Assert.Equal(expected, services.Manager.IsEnabled("list"));
            Assert.Equal(expected, await services.Get<IFeatureManager>().IsEnabledAsync("list"));
        });
        Assert.Empty(services.Warnings(104));
    }

    [Fact]
    public async Task FlagWithTelemetryOrSessions_GoesThroughMicrosoftForTheActionsContext()
    {
        using var services = new FlagServices(
            [Flag.Variants("colour", FlagState.Enabled, ("a", 1), ("b", 1), ("c", 1)) with { Telemetry = true }],
            before: collection => collection.AddSingleton<ISessionManager, Forgetful>());
        for (int i = 0; i < 20; i++)
        {
            var user = new FeatureFlagContext { UserId = $"user{i}" };
            string? variant = services.Manager.GetVariant("colour", user);
            await services.Get<IActionTracer>().TraceAsync("job", user, async () =>
                Assert.Equal(variant, (await services.Get<IVariantFeatureManager>().GetVariantAsync("colour", CancellationToken.None)).Name));
        }
    }

    private static async ValueTask<TargetingContext?> LaterAsync()
    {
        await Task.Yield();
        return Bob;
    }

    private static FlagServices Create(AmbientUser? accessor = null) => new([Flag.List("list", "alice")], before: services =>
    {
        if (accessor is not null)
            services.AddSingleton<ITargetingContextAccessor>(accessor);
    });
}
