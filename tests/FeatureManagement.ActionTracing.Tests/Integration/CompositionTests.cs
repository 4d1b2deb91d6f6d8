using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Integration;

/// <summary>Our registrations beside those that an application makes of Microsoft.FeatureManagement.</summary>
public class CompositionTests
{
    private static readonly Dictionary<string, string?> Ordinary = new()
    {
        ["feature_management:feature_flags:0:id"] = "theirs",
        ["feature_management:feature_flags:0:enabled"] = "true",
        ["feature_management:feature_flags:1:id"] = "BOTH",
        ["feature_management:feature_flags:1:enabled"] = "true",
    };

    [Fact]
    public async Task GetFeatureNames_HoldsOursAndTheirsEachOnce()
    {
        using var services = new FlagServices([Flag.On("ours"), Flag.Off("both")], configuration: Ordinary);
        Assert.Equal(["both", "ours", "theirs"], await services.Get<IFeatureManager>().GetFeatureNamesAsync().OrderBy(name => name).ToListAsync());
        Assert.Equal(["both", "ours", "theirs"], await services.Get<IVariantFeatureManager>().GetFeatureNamesAsync(default).OrderBy(name => name).ToListAsync());
        Assert.False(await services.Get<IFeatureManager>().IsEnabledAsync("BOTH"));
    }

    [Fact]
    public async Task GetFeatureNames_BuiltInFlag_IsListedWhereConfigurationOrAnOverrideDefinesIt()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(Ordinary)
        {
            ["ActionTracing:featureFlags:verbose_tracing:type"] = "boolean",
            ["ActionTracing:featureFlags:verbose_tracing:state"] = "disabled",
        }).Build());
        services.AddFeatureManagement().WithActionTracing();
        await using ServiceProvider provider = services.BuildServiceProvider();
        var manager = provider.GetRequiredService<IFeatureManager>();
        var flags = provider.GetRequiredService<IFeatureFlagManager>();
        Assert.Equal(["BOTH", "theirs", "verbose_tracing"], await manager.GetFeatureNamesAsync().OrderBy(name => name).ToListAsync());

        await flags.UpdateFlagAsync("performance_monitoring", new FlagUpdate { Percentage = 5 }, new FlagChange("ann", "measure"));
        await flags.EmergencyShutdownAsync("trace_output_enabled", new FlagChange("ann", "disk"));
        Assert.Equal(["BOTH", "performance_monitoring", "theirs", "verbose_tracing"], await manager.GetFeatureNamesAsync().OrderBy(name => name).ToListAsync());

        // By name all of them are there.
        Assert.Equal(6, flags.GetAllFlags().Count);
        Assert.False(await manager.IsEnabledAsync("emergency_shutdown"));
        Assert.NotNull(await provider.GetRequiredService<IFeatureDefinitionProvider>().GetFeatureDefinitionAsync("emergency_shutdown"));
    }

    [Fact]
    public async Task IsEnabled_NameWithAColon_FailsAsMicrosoftDoesAndIsOffAskedDirectly()
    {
        using var services = new FlagServices([Flag.On("ours")], configuration: Ordinary);
        await Assert.ThrowsAsync<ArgumentException>(() => services.Get<IFeatureManager>().IsEnabledAsync("a:b"));
        Assert.False(services.Manager.IsEnabled("a:b"));
    }

    [Fact]
    public void WithActionTracing_WithoutFeatureManagement_SaysWhatToCall()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => new Bare().WithActionTracing());
        Assert.Equal("No IFeatureDefinitionProvider is registered. Call AddFeatureManagement() before WithActionTracing().", exception.Message);
    }

    [Theory]
    [InlineData("instance", 0)]
    [InlineData("type", 1)]
    [InlineData("factory", 1)]
    public async Task Dispose_ProviderOfTheApplication_IsDisposedByWhomItBelongsTo(string registration, int disposed)
    {
        var provider = new Provider();
        Provider.Made = null;
        var services = new FlagServices([Flag.On("ours")], before: collection => _ = registration switch
        {
            "instance" => collection.AddSingleton<IFeatureDefinitionProvider>(provider),
            "type" => collection.AddSingleton<IFeatureDefinitionProvider, Provider>(),
            _ => collection.AddSingleton<IFeatureDefinitionProvider>(_ => new Provider()),
        });
        Assert.True(await services.Get<IFeatureManager>().IsEnabledAsync("custom"));
        Assert.True(await services.Get<IFeatureManager>().IsEnabledAsync("ours"));
        Provider used = registration == "instance" ? provider : Provider.Made!;
        services.Dispose();
        Assert.Equal(disposed, used.Disposed);
    }

    [Theory]
    [InlineData("both", 120, "Flag 'BOTH' is defined both under ActionTracing and in Microsoft.FeatureManagement; the definition under ActionTracing is used. Remove one of the two.")]
    [InlineData("provider", 122, "IFeatureDefinitionProvider, IFeatureManager or IVariantFeatureManager was registered again after WithActionTracing(), so Microsoft.FeatureManagement does not see every flag under ActionTracing. Call WithActionTracing() last.")]
    [InlineData("manager", 122, "IFeatureDefinitionProvider, IFeatureManager or IVariantFeatureManager was registered again after WithActionTracing(), so Microsoft.FeatureManagement does not see every flag under ActionTracing. Call WithActionTracing() last.")]
    [InlineData("right", 122, null)]
    public async Task Start_PutTogetherWrongly_SaysSo(string mistake, int id, string? message)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        if (mistake == "both")
            builder.Configuration.AddInMemoryCollection(Ordinary);
        builder.Services.AddFeatureManagement().WithActionTracing();
        builder.Services.Replace(ServiceDescriptor.Singleton<IFlagCatalogSource>(new FixedFlags([Flag.On("ours"), Flag.Off("both")])));
        if (mistake == "provider")
            builder.Services.AddSingleton<IFeatureDefinitionProvider, Provider>();
        if (mistake == "manager")
            builder.Services.AddSingleton<IVariantFeatureManager>(provider => provider.GetRequiredService<FeatureManager>());
        using IHost host = builder.Build();
        await host.StartAsync();
        await Task.WhenAll(host.Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Where(service => service.GetType().Name == "FlagStartup").Select(service => service.ExecuteTask!));
        Assert.Equal(message, host.Services.GetFakeLogCollector().GetSnapshot().FirstOrDefault(record => record.Id.Id == id)?.Message);
        await host.StopAsync();
    }

    private sealed class Bare : IFeatureManagementBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public IFeatureManagementBuilder AddFeatureFilter<T>() where T : IFeatureFilterMetadata => this;

        public IFeatureManagementBuilder AddSessionManager<T>() where T : ISessionManager => this;
    }

    private sealed class Provider : IFeatureDefinitionProvider, IDisposable
    {
        public Provider() => Made = this;

        public static Provider? Made { get; set; }

        public int Disposed { get; private set; }

        public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) => Task.FromResult<FeatureDefinition>(featureName == "custom"
            ? new() { Name = featureName, EnabledFor = [new FeatureFilterConfiguration { Name = "AlwaysOn" }] }
            : null!);

        public IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync() => AsyncEnumerable.Empty<FeatureDefinition>();

        public void Dispose() => Disposed++;
    }
}
