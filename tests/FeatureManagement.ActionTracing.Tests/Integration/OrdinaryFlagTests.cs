using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Integration;

/// <summary>Ordinary flags of Microsoft.FeatureManagement, without us: the reference.</summary>
public class OrdinaryFlagsWithoutUsTests : OrdinaryFlagTests
{
    protected override IFeatureManagementBuilder AddUs(IFeatureManagementBuilder builder) => builder;
}

/// <summary>The same suite with us: nothing may change.</summary>
public class OrdinaryFlagsWithUsTests : OrdinaryFlagTests
{
    protected override IFeatureManagementBuilder AddUs(IFeatureManagementBuilder builder)
    {
        builder.WithActionTracing().WithActionTracing();
        builder.Services.AddSingleton<IFlagCatalogSource>(new FixedFlags([Flag.On("ours")]));
        return builder;
    }
}

public abstract class OrdinaryFlagTests
{
    private const string Flags = """
        {
          "feature_management": {
            "feature_flags": [
              { "id": "On", "enabled": true },
              { "id": "Off", "enabled": false },
              { "id": "Half", "enabled": true, "conditions": { "client_filters": [ { "name": "Microsoft.Percentage", "parameters": { "Value": 50 } } ] } },
              { "id": "Always", "enabled": true, "conditions": { "client_filters": [ { "name": "Percentage", "parameters": { "Value": 100 } } ] } },
              { "id": "Past", "enabled": true, "conditions": { "client_filters": [ { "name": "TimeWindow", "parameters": { "End": "Mon, 01 Jan 2024 00:00:00 GMT" } } ] } },
              { "id": "Now", "enabled": true, "conditions": { "client_filters": [ { "name": "Microsoft.TimeWindow", "parameters": { "Start": "Mon, 01 Jan 2024 00:00:00 GMT" } } ] } },
              { "id": "Targeted", "enabled": true, "conditions": { "client_filters": [ { "name": "Microsoft.Targeting", "parameters": { "Audience": {
                  "Users": [ "alice" ], "Groups": [ { "Name": "staff", "RolloutPercentage": 100 } ], "DefaultRolloutPercentage": 30, "Exclusion": { "Users": [ "mallory" ] } } } } ] } },
              { "id": "All", "enabled": true, "conditions": { "requirement_type": "All", "client_filters": [
                  { "name": "TimeWindow", "parameters": { "Start": "Mon, 01 Jan 2024 00:00:00 GMT" } }, { "name": "Custom", "parameters": { "Answer": true } } ] } },
              { "id": "CustomOff", "enabled": true, "conditions": { "client_filters": [ { "name": "Custom", "parameters": { "Answer": false } } ] } },
              { "id": "Colours", "enabled": true,
                "variants": [ { "name": "red", "configuration_value": { "Hex": "#f00" } }, { "name": "blue", "configuration_value": { "Hex": "#00f" } }, { "name": "none", "status_override": "Disabled" } ],
                "allocation": { "default_when_enabled": "blue", "user": [ { "variant": "red", "users": [ "alice" ] } ], "group": [ { "variant": "none", "groups": [ "staff" ] } ],
                  "percentile": [ { "variant": "red", "from": 0, "to": 20 }, { "variant": "blue", "from": 20, "to": 100 } ] } },
              { "id": "Algorithm", "enabled": true, "variants": [ { "name": "Quick" }, { "name": "Slow" } ],
                "allocation": { "user": [ { "variant": "Quick", "users": [ "alice" ] }, { "variant": "Slow", "users": [ "bob" ] } ] } },
              { "id": "Loud", "enabled": true, "telemetry": { "enabled": true, "metadata": { "Team": "shop" } },
                "variants": [ { "name": "red" }, { "name": "blue" } ], "allocation": { "percentile": [ { "variant": "red", "from": 0, "to": 50 }, { "variant": "blue", "from": 50, "to": 100 } ] } },
              { "id": "Missing", "enabled": true, "conditions": { "client_filters": [ { "name": "NoSuchFilter" } ] } }
            ]
          }
        }
        """;

    private static readonly string[] Names = ["On", "Off", "Always", "Past", "Now", "Targeted", "All", "CustomOff", "Colours", "Algorithm", "no such flag"];
    private static readonly string[] Users = ["alice", "bob", "mallory", "", .. Enumerable.Range(0, 40).Select(i => $"user{i}")];

    protected abstract IFeatureManagementBuilder AddUs(IFeatureManagementBuilder builder);

    public static TheoryData<string> Registrations => ["AddFeatureManagement()", "AddFeatureManagement(configuration)", "AddScopedFeatureManagement()"];

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task IsEnabled_EveryFlagAndUser_IsMicrosoftsAnswer(string registration)
    {
        using ServiceProvider provider = Create(registration);
        var answers = new List<string>();
        foreach (string user in Users)
        {
            using IServiceScope scope = provider.CreateScope();
            var context = new TargetingContext { UserId = user, Groups = user == "bob" ? ["staff"] : null };
            provider.GetRequiredService<AmbientUser>().Context = context;
            var manager = scope.ServiceProvider.GetRequiredService<IFeatureManager>();
            var variants = scope.ServiceProvider.GetRequiredService<IVariantFeatureManager>();
            var snapshot = scope.ServiceProvider.GetRequiredService<IFeatureManagerSnapshot>();
            foreach (string name in Names)
            {
                bool on = await manager.IsEnabledAsync(name);
                Assert.Equal(on, await variants.IsEnabledAsync(name, CancellationToken.None));
                Assert.Equal(on, await snapshot.IsEnabledAsync(name));
                Assert.Equal(on, await manager.IsEnabledAsync(name, context));
                answers.Add($"{user}/{name}={on}");
            }
        }
        // The same text in both runs of the suite.
        Assert.Equal(59_828_723, Checksum(answers));
        Assert.Contains("mallory/Targeted=False", answers);
        Assert.Contains("alice/Targeted=True", answers);
        Assert.Contains("bob/Colours=False", answers);
        Assert.Contains("alice/All=True", answers);
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task GetVariant_EveryUser_IsMicrosoftsAnswer(string registration)
    {
        using ServiceProvider provider = Create(registration);
        using IServiceScope scope = provider.CreateScope();
        var variants = scope.ServiceProvider.GetRequiredService<IVariantFeatureManager>();
        var answers = new List<string>();
        foreach (string user in Users)
        {
            Variant? variant = await variants.GetVariantAsync("Colours", new TargetingContext { UserId = user }, default);
            answers.Add($"{user}={variant?.Name}/{variant?.Configuration?["Hex"]}");
        }
        Assert.Equal("alice=red/#f00", answers[0]);
        Assert.Equal(-25_665_978, Checksum(answers));
        Assert.Null(await variants.GetVariantAsync("On", new TargetingContext { UserId = "alice" }, default));
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task GetService_VariantService_IsTheOneOfTheVariant(string registration)
    {
        using ServiceProvider provider = Create(registration);
        using IServiceScope scope = provider.CreateScope();
        provider.GetRequiredService<AmbientUser>().Context = new TargetingContext { UserId = "alice" };
        Assert.IsType<Quick>(await scope.ServiceProvider.GetRequiredService<IVariantServiceProvider<IAlgorithm>>().GetServiceAsync(default));
        provider.GetRequiredService<AmbientUser>().Context = new TargetingContext { UserId = "bob" };
        Assert.IsType<Slow>(await scope.ServiceProvider.GetRequiredService<IVariantServiceProvider<IAlgorithm>>().GetServiceAsync(default));
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task IsEnabled_RandomPercentage_IsSometimesOnAndSometimesOff(string registration)
    {
        using ServiceProvider provider = Create(registration);
        using IServiceScope scope = provider.CreateScope();
        var manager = scope.ServiceProvider.GetRequiredService<IFeatureManager>();
        int on = 0;
        for (int i = 0; i < 1_000; i++)
            on += await manager.IsEnabledAsync("Half") ? 1 : 0;
        Assert.InRange(on, 400, 600);
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task IsEnabled_MissingFilter_FailsAsMicrosoftDoes(string registration)
    {
        using ServiceProvider provider = Create(registration);
        using IServiceScope scope = provider.CreateScope();
        await Assert.ThrowsAsync<FeatureManagementException>(() => scope.ServiceProvider.GetRequiredService<IFeatureManager>().IsEnabledAsync("Missing"));
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task GetFeatureNames_HoldsEveryOrdinaryFlag(string registration)
    {
        using ServiceProvider provider = Create(registration);
        using IServiceScope scope = provider.CreateScope();
        var names = new List<string>();
        await foreach (string name in scope.ServiceProvider.GetRequiredService<IFeatureManager>().GetFeatureNamesAsync())
            names.Add(name);
        Assert.Equal(
            ["Algorithm", "All", "Always", "Colours", "CustomOff", "Half", "Loud", "Missing", "Now", "Off", "On", "Past", "Targeted"],
            names.Where(name => name != "ours").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task IsEnabled_SessionManager_HasTheLastWord(string registration)
    {
        var sessions = new Remembering();
        using ServiceProvider provider = Create(registration, sessions);
        using IServiceScope scope = provider.CreateScope();
        var manager = scope.ServiceProvider.GetRequiredService<IFeatureManager>();
        sessions.Answers["Off"] = true;
        Assert.True(await manager.IsEnabledAsync("Off"));
        Assert.True(await manager.IsEnabledAsync("On"));
        Assert.True(sessions.Answers["On"]);
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task IsEnabled_FlagWithTelemetry_PublishesOneEvent(string registration)
    {
        using ServiceProvider provider = Create(registration);
        using IServiceScope scope = provider.CreateScope();
        provider.GetRequiredService<AmbientUser>().Context = new TargetingContext { UserId = "alice" };
        using var events = new PublishedEvents();
        var manager = scope.ServiceProvider.GetRequiredService<IVariantFeatureManager>();
        Assert.True(await manager.IsEnabledAsync("Loud", CancellationToken.None));
        Assert.True(await manager.IsEnabledAsync("On", CancellationToken.None));
        IReadOnlyDictionary<string, object?> published = Assert.Single(events.Published);
        string text = string.Join(", ", published.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));
        Assert.Equal("Enabled=True, FeatureName=Loud, TargetingId=alice, Team=shop, Variant=red, VariantAssignmentPercentage=50, VariantAssignmentReason=Percentile, Version=1.0.0", text);
    }

    private ServiceProvider Create(string registration, ISessionManager? sessions = null)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Flags))).Build();
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        services.AddSingleton<AmbientUser>();
        services.AddSingleton<IAlgorithm, Quick>();
        services.AddSingleton<IAlgorithm, Slow>();
        if (sessions is not null)
            services.AddSingleton(sessions);
        IFeatureManagementBuilder builder = registration switch
        {
            "AddFeatureManagement()" => services.AddFeatureManagement(),
            "AddFeatureManagement(configuration)" => services.AddFeatureManagement(configuration),
            _ => services.AddScopedFeatureManagement(),
        };
        services.AddSingleton<ITargetingContextAccessor>(provider => provider.GetRequiredService<AmbientUser>());
        AddUs(builder.WithTargeting<AmbientUser>().AddFeatureFilter<CustomFilter>().WithVariantService<IAlgorithm>("Algorithm"));
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    private static int Checksum(IEnumerable<string> lines)
    {
        int sum = 0;
        foreach (char c in string.Join('\n', lines))
            sum = (sum * 31 + c) % 100_000_007;
        return sum;
    }

    public interface IAlgorithm;

    public sealed class Quick : IAlgorithm;

    public sealed class Slow : IAlgorithm;

    [FilterAlias("Custom")]
    private sealed class CustomFilter : IFeatureFilter
    {
        public Task<bool> EvaluateAsync(FeatureFilterEvaluationContext context) => Task.FromResult(context.Parameters.GetValue<bool>("Answer"));
    }

    private sealed class Remembering : ISessionManager
    {
        public Dictionary<string, bool> Answers { get; } = [];

        public Task SetAsync(string featureName, bool enabled)
        {
            Answers[featureName] = enabled;
            return Task.CompletedTask;
        }

        public Task<bool?> GetAsync(string featureName) => Task.FromResult<bool?>(Answers.TryGetValue(featureName, out bool enabled) ? enabled : null);
    }
}
