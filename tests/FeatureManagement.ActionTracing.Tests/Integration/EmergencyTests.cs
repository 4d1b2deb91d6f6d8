using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Integration;

public class EmergencyTests
{
    [Fact]
    public async Task IsEnabled_KilledInTheMiddleOfAScope_ForgetsTheSnapshotsYes()
    {
        using var services = new FlagServices([Flag.On("flag"), Flag.Variants("variants", FlagState.Enabled, ("a", 1))]);
        using IServiceScope scope = services.Provider.CreateScope();
        var snapshot = scope.ServiceProvider.GetRequiredService<IFeatureManagerSnapshot>();
        var variants = scope.ServiceProvider.GetRequiredService<IVariantFeatureManagerSnapshot>();
        Assert.True(await snapshot.IsEnabledAsync("flag"));
        Assert.True(await variants.IsEnabledAsync("flag", CancellationToken.None));
        Assert.Equal("a", (await variants.GetVariantAsync("variants", default)).Name);

        services.Flags.Set([Flag.Killed("flag"), Flag.Killed("variants")]);
        Assert.False(await snapshot.IsEnabledAsync("flag"));
        Assert.False(await snapshot.IsEnabledAsync("flag", new TargetingContext { UserId = "u" }));
        Assert.False(await variants.IsEnabledAsync("flag", CancellationToken.None));
        Assert.Null(await variants.GetVariantAsync("variants", default));
    }

    [Fact]
    public async Task IsEnabled_DisabledInTheMiddleOfAScope_KeepsTheSnapshotsAnswer()
    {
        using var services = new FlagServices([Flag.On("flag")]);
        using IServiceScope scope = services.Provider.CreateScope();
        var snapshot = scope.ServiceProvider.GetRequiredService<IFeatureManagerSnapshot>();
        Assert.True(await snapshot.IsEnabledAsync("flag"));
        services.Flags.Set([Flag.Off("flag")]);
        Assert.True(await snapshot.IsEnabledAsync("flag"));
        Assert.False(await services.Get<IFeatureManager>().IsEnabledAsync("flag"));
    }

    [Theory]
    [InlineData("flag")]
    [InlineData("child")]
    [InlineData("lower")]
    public async Task IsEnabled_SessionManagerSaysYes_IsOverruledByAnEmergencyOnly(string name)
    {
        using var services = new FlagServices(
            [Flag.Off("flag"), Flag.On("child") with { Parent = "flag" }, Flag.Off("lower"), Flag.Off("stop") with { Priority = 1 }],
            before: collection => collection.AddSingleton<ISessionManager, YesMan>());
        var manager = services.Get<IFeatureManager>();
        var variants = services.Get<IVariantFeatureManager>();
        Assert.True(await manager.IsEnabledAsync(name));
        Assert.True(await variants.IsEnabledAsync(name, CancellationToken.None));

        services.Flags.Set(name == "lower"
            ? [Flag.Off("lower"), Flag.On("stop") with { Priority = 1 }]
            : [Flag.Killed("flag"), Flag.On("child") with { Parent = "flag" }]);
        var context = new TargetingContext { UserId = "u" };
        Assert.False(await manager.IsEnabledAsync(name));
        Assert.False(await manager.IsEnabledAsync(name, context));
        Assert.False(await variants.IsEnabledAsync(name, CancellationToken.None));
        Assert.False(await variants.IsEnabledAsync(name, context, default));
    }

    [Fact]
    public async Task Kill_AtRunTime_BeatsASessionManagerThatSaysYesAndASnapshotThatRemembersYes()
    {
        using var services = new FlagServices([Flag.Off("flag")], before: collection => collection.AddSingleton<ISessionManager, YesMan>());
        using IServiceScope scope = services.Provider.CreateScope(); // a long one, as a Blazor circuit has
        var snapshot = scope.ServiceProvider.GetRequiredService<IFeatureManagerSnapshot>();
        var variants = scope.ServiceProvider.GetRequiredService<IVariantFeatureManagerSnapshot>();
        var manager = services.Get<IFeatureManager>();
        Assert.True(await snapshot.IsEnabledAsync("flag"));
        Assert.True(await variants.IsEnabledAsync("flag", CancellationToken.None));
        Assert.True(await manager.IsEnabledAsync("flag"));

        Task<EmergencyResult> kill = services.Manager.EmergencyShutdownAsync("flag", new FlagChange("ann", "stop"));
        Assert.False(await snapshot.IsEnabledAsync("flag"));
        Assert.False(await variants.IsEnabledAsync("flag", CancellationToken.None));
        Assert.False(await manager.IsEnabledAsync("flag"));
        await kill;

        await services.Manager.ClearEmergencyAsync("flag", new FlagChange("ann", "go on"));
        Assert.True(await snapshot.IsEnabledAsync("flag"));
        Assert.True(await manager.IsEnabledAsync("flag"));
    }

    [Fact]
    public async Task IsEnabled_EmergencyAndAnAccessorThatTakesItsTime_DoesNotBlock()
    {
        var unanswered = new TaskCompletionSource<TargetingContext?>();
        using var services = new FlagServices(
            [Flag.On("flag"), Flag.Variants("variants", FlagState.Enabled, ("a", 1)), Flag.List("stop", "mallory") with { Type = FlagType.Boolean, Priority = 1 }],
            before: collection => collection.AddSingleton<ITargetingContextAccessor>(new AmbientUser { Get = () => new(unanswered.Task) }));
        using IServiceScope scope = services.Provider.CreateScope();
        Task<bool> plain = scope.ServiceProvider.GetRequiredService<IFeatureManagerSnapshot>().IsEnabledAsync("flag");
        Task<bool> variants = scope.ServiceProvider.GetRequiredService<IVariantFeatureManagerSnapshot>().IsEnabledAsync("flag", CancellationToken.None).AsTask();
        Task<Variant> variant = scope.ServiceProvider.GetRequiredService<IVariantFeatureManagerSnapshot>().GetVariantAsync("variants", default).AsTask();
        Assert.False(plain.IsCompleted || variants.IsCompleted || variant.IsCompleted);

        unanswered.SetResult(new TargetingContext { UserId = "mallory" });
        Assert.False(await plain);
        Assert.False(await variants);
        Assert.Null(await variant);
    }

    private sealed class YesMan : ISessionManager
    {
        public Task SetAsync(string featureName, bool enabled) => Task.CompletedTask;

        public Task<bool?> GetAsync(string featureName) => Task.FromResult<bool?>(true);
    }
}
