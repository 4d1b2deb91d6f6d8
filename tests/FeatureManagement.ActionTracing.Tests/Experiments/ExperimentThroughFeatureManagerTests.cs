using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>A session manager sends every evaluation through Microsoft.FeatureManagement: a unit that gets a variant there takes part as well.</summary>
public sealed class ExperimentThroughFeatureManagerTests
{
    [Fact]
    public async Task GetVariant_ThroughMicrosoft_ExposesOnceAndIsTheSameVariant()
    {
        using var host = new ExperimentHost(configure: services => services.AddSingleton<ISessionManager, Forgetful>());
        var manager = host.Get<IVariantFeatureManager>();
        for (int i = 0; i < 20; i++)
        {
            string user = $"u{i}";
            string given = (await manager.GetVariantAsync(ExperimentHost.Flag, new TargetingContext { UserId = user }, default)).Name;
            Assert.Equal(given, (await manager.GetVariantAsync(ExperimentHost.Flag, ExperimentHost.User(user), default)).Name);
            Assert.Equal(given, host.Get<IFeatureFlagManager>().Evaluate(ExperimentHost.Flag, ExperimentHost.User(user)).Variant);
        }
        Assert.Equal(20, (await host.ResultAsync()).Units);
    }

    private sealed class Forgetful : ISessionManager
    {
        public Task SetAsync(string featureName, bool enabled) => Task.CompletedTask;

        public Task<bool?> GetAsync(string featureName) => Task.FromResult<bool?>(null);
    }
}
