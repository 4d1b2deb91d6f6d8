using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>The configuration that <c>AddFeatureManagement(configuration)</c> is given is where our section is.</summary>
public sealed class GivenConfigurationTests
{
    private const string Flags = """ "ActionTracing": { "featureFlags": { "f": { "type": "boolean", "state": "canary", "whitelist": ["alice", "bob"] } } } """;

    public static TheoryData<bool, string, bool> Places()
    {
        var places = new TheoryData<bool, string, bool>();
        foreach (bool scoped in (bool[])[false, true])
            foreach (string given in (string[])["root", "section", "above"])
                foreach (bool registered in (bool[])[false, true])
                    places.Add(scoped, given, registered);
        return places;
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Flags_OfTheGivenConfiguration_AreOurs(bool scoped, string given, bool registered)
    {
        string text = given == "section" ? $$"""{ "MyApp": { {{Flags}} } }""" : $$"""{ {{Flags}} }""";
        IConfigurationRoot root = Layers.Of(text);
        IConfiguration configuration = given == "section" ? root.GetSection("MyApp") : root;
        await using ServiceProvider provider = Create(services =>
        {
            if (registered)
                services.AddSingleton<IConfiguration>(given == "above" ? Layers.Of("{}") : root);
            return scoped ? services.AddScopedFeatureManagement(configuration) : services.AddFeatureManagement(configuration);
        });
        Assert.True(provider.GetRequiredService<IFeatureFlagManager>().IsEnabled("f", new() { UserId = "alice" }));
        using IServiceScope scope = provider.CreateScope();
        Assert.True(await scope.ServiceProvider.GetRequiredService<IFeatureManager>().IsEnabledAsync("f", new FeatureFlagContext { UserId = "bob" }));
        Assert.Empty(Errors(provider));
    }

    [Fact]
    public void Flags_InBothPlaces_AreThoseOfTheGivenOne()
    {
        using ServiceProvider provider = Create(services =>
        {
            services.AddSingleton<IConfiguration>(Layers.Of("""{ "ActionTracing": { "featureFlags": { "f": { "type": "boolean", "state": "enabled" } } } }"""));
            return services.AddFeatureManagement(Layers.Of($$"""{ "MyApp": { {{Flags}} } }""").GetSection("MyApp"));
        });
        Assert.False(provider.GetRequiredService<IFeatureFlagManager>().IsEnabled("f", new() { UserId = "mallory" }));
    }

    [Fact]
    public void Flags_OnlyInTheRegisteredConfiguration_AreThose()
    {
        using ServiceProvider provider = Create(services =>
        {
            services.AddSingleton<IConfiguration>(Layers.Of($$"""{ {{Flags}}, "MyApp": { "feature_management": { } } }"""));
            return services.AddFeatureManagement(Layers.Of("""{ "MyApp": { "feature_management": { } } }""").GetSection("MyApp"));
        });
        Assert.True(provider.GetRequiredService<IFeatureFlagManager>().IsEnabled("f", new() { UserId = "alice" }));
        Assert.Empty(Errors(provider));
    }

    [Fact]
    public void Edit_OfTheGivenSection_IsSeen_AndItsListsAreTakenWhole()
    {
        using var directory = new TempDirectory();
        string file = directory.File("flags.json");
        File.WriteAllText(file, $$"""{ "MyApp": { {{Flags}} } }""");
        IConfigurationRoot root = new ConfigurationBuilder().AddJsonFile(file, optional: false, reloadOnChange: false)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["MyApp:ActionTracing:featureFlags:f:whitelist:0"] = "carol" }).Build();
        using ServiceProvider provider = Create(services => services.AddFeatureManagement(root.GetSection("MyApp")));
        var flags = provider.GetRequiredService<IFeatureFlagManager>();
        Assert.True(flags.IsEnabled("f", new() { UserId = "carol" }));
        Assert.False(flags.IsEnabled("f", new() { UserId = "bob" })); // the last list alone

        File.WriteAllText(file, $$"""{ "MyApp": { {{Flags.Replace("canary", "enabled", StringComparison.Ordinal)}} } }""");
        root.Reload();
        Assert.True(flags.IsEnabled("f", new() { UserId = "bob" }));
    }

    [Theory]
    [InlineData(true, "the configuration given to AddFeatureManagement(configuration) has none below 'MyApp', and the IConfiguration registered in the container has none at its root.")]
    [InlineData(false, "the configuration given to AddFeatureManagement(configuration) has none below 'MyApp', and no IConfiguration is registered in the container.")]
    public void NoSection_InEitherPlace_IsAnErrorThatNamesBoth(bool registered, string places)
    {
        using ServiceProvider provider = Create(services =>
        {
            if (registered)
                services.AddSingleton<IConfiguration>(Layers.Of("{}"));
            return services.AddFeatureManagement(Layers.Of("{}").GetSection("MyApp"));
        });
        Assert.False(provider.GetRequiredService<IFeatureFlagManager>().IsEnabled("f"));
        Assert.Equal($"No section 'ActionTracing' was found: {places} Only the built-in flags are there. Add the section in one of the two places.", Assert.Single(Errors(provider)));
    }

    private static ServiceProvider Create(Func<IServiceCollection, IFeatureManagementBuilder> add)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging());
        add(services).WithActionTracing();
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    private static string[] Errors(ServiceProvider provider) =>
        [.. provider.GetFakeLogCollector().GetSnapshot().Where(record => record.Level >= LogLevel.Error).Select(record => record.Message)];
}
