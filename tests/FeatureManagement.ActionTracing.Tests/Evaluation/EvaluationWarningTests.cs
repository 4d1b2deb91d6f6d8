using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

public class EvaluationWarningTests
{
    [Fact]
    public async Task UnknownFlag_HoweverAskedAndHoweverOften_WarnsOnceWithTheNearestName()
    {
        using var services = new FlagServices([Flag.On("checkout_v2")]);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(services.Manager.IsEnabled("chekout_v2"));
            Assert.Null(services.Manager.GetVariant("chekout_v2"));
            Assert.False(await services.Get<IFeatureManager>().IsEnabledAsync("chekout_v2"));
            Assert.False(await services.Get<IVariantFeatureManager>().IsEnabledAsync("chekout_v2", new TargetingContext(), default));
        }
        Assert.Equal(["Unknown feature flag 'chekout_v2': it is off. Did you mean 'checkout_v2'?"], services.Warnings(101));
        Assert.Empty(services.Warnings(102));
    }

    [Fact]
    public void UnknownFlags_ManyOrLong_AreRememberedWithinBounds()
    {
        using var services = new FlagServices([Flag.On("on")]);
        for (int i = 0; i < 3; i++)
            services.Manager.IsEnabled(new string((char)('a' + i), 1_000_000));
        string only = Assert.Single(services.Warnings(102));
        Assert.Contains(new string('a', 100) + "… (1000000 characters)", only);

        for (int i = 0; i < 3_000; i++)
            services.Manager.IsEnabled($"a caller made this up {i}");
        Assert.Equal(1_000, services.Warnings(102).Count());
    }

    [Fact]
    public void IsEnabled_NameIsNull_SaysWhatIsNull()
    {
        using var services = new FlagServices([Flag.On("on")]);
        Assert.Equal("flag", Assert.Throws<ArgumentNullException>(() => services.Manager.IsEnabled(null!)).ParamName);
    }

    [Fact]
    public async Task IsEnabled_ContextMissing_WarnsOnceAndOnlyWhereTheContextDecides()
    {
        using var services = new FlagServices([Flag.On("on"), Flag.Percentage("partial", 50)]);
        await services.Get<IFeatureManager>().IsEnabledAsync("on");
        Assert.Empty(services.Warnings(104));
        await services.Get<IFeatureManager>().IsEnabledAsync("partial");
        services.Manager.IsEnabled("partial");
        Assert.Single(services.Warnings(104));
    }

    [Fact]
    public async Task IsEnabled_AccessorOfAScope_ServesTheManagersOfTheScopeAndWarnsForTheSingleton()
    {
        using var services = new FlagServices(
            [Flag.List("list", "alice")],
            before: collection => collection.AddScoped<ITargetingContextAccessor>(_ => new AmbientUser { Context = new TargetingContext { UserId = "alice" } }),
            add: collection => collection.AddScopedFeatureManagement());
        using IServiceScope scope = services.Provider.CreateScope();
        Assert.True(await scope.ServiceProvider.GetRequiredService<IFeatureManager>().IsEnabledAsync("list"));
        Assert.True(await scope.ServiceProvider.GetRequiredService<IVariantFeatureManagerSnapshot>().IsEnabledAsync("list", CancellationToken.None));
        Assert.Empty(services.Warnings(104));
        Assert.False(services.Manager.IsEnabled("list"));
        Assert.Contains("not a singleton", Assert.Single(services.Warnings(104)));
    }

    [Theory]
    [InlineData(FlagState.Enabled, 0)]
    [InlineData(FlagState.Rollout, 1)]
    [InlineData(FlagState.Rollout, 50)]
    public async Task Actions_FlagsOfTracingThatNeedAContext_WarnOfNothingAndAskNoAccessor(FlagState state, int percentage)
    {
        int asked = 0;
        using var services = new FlagServices(
            [Flag.Of("action_tracing_enabled", state, FlagType.Percentage) with { Percentage = percentage }, Flag.Percentage("performance_monitoring", 50), Flag.Variants("verbose_tracing", FlagState.Enabled, ("standard", 1), ("detailed", 1))],
            before: collection => collection.AddSingleton<ITargetingContextAccessor>(new AmbientUser { Get = () => ++asked > 0 ? throw new InvalidOperationException("too early") : default }));
        for (int i = 0; i < 10; i++)
            await services.Get<IActionTracer>().TraceAsync("work", null, () => Task.CompletedTask);
        Assert.Equal(0, asked);
        Assert.Empty(services.Warnings(104));
        Assert.Empty(services.Warnings(105));

        // They are still there for the application's own evaluations.
        Assert.False(services.Manager.IsEnabled("performance_monitoring") && asked == 0);
        Assert.Single(services.Warnings(105));
    }
}
