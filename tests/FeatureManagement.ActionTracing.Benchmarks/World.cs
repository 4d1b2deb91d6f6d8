using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>The flags, users and containers that the rows measure.</summary>
internal static class World
{
    public const string On = "checkout_redesign_on";
    public const string Half = "checkout_redesign_half";
    public const string Listed = "checkout_redesign_list";
    public const string Variants = "checkout_redesign_variants";
    public const string Child = "checkout_redesign_child";

    public static readonly string[] AllowList = [.. Enumerable.Range(0, 1_000).Select(i => $"listed-user-{i:0000}")];
    public static readonly FeatureFlagContext[] Users = Contexts("user-{0:00000}", 1_024);
    public static readonly FeatureFlagContext[] ListedUsers = [.. AllowList.Concat(AllowList).Take(1_024).Select(user => new FeatureFlagContext { UserId = user })];
    public static readonly TargetingContext[] MicrosoftUsers = [.. Users.Select(user => new TargetingContext { UserId = user.UserId })];
    public static readonly TargetingContext[] MicrosoftListedUsers = [.. ListedUsers.Select(user => new TargetingContext { UserId = user.UserId })];

    public static FlagDefinition[] Flags(int count) =>
    [
        .. Enumerable.Range(0, count - 5).Select(i => new FlagDefinition { Name = $"feature_number_{i:00000}", Type = FlagType.Percentage, State = FlagState.Rollout, Percentage = i % 100 }),
        new() { Name = On, Type = FlagType.Boolean, State = FlagState.Enabled },
        new() { Name = Half, Type = FlagType.Percentage, State = FlagState.Rollout, Percentage = 50 },
        new() { Name = Listed, Type = FlagType.Whitelist, State = FlagState.Rollout, Whitelist = AllowList },
        new() { Name = Child, Type = FlagType.Percentage, State = FlagState.Rollout, Percentage = 50, Parent = Half },
        new()
        {
            Name = Variants, Type = FlagType.Multivariate, State = FlagState.Enabled,
            Variants = [new() { Name = "detailed", Weight = 0.2m }, new() { Name = "minimal", Weight = 0.4m }, new() { Name = "standard", Weight = 0.4m }],
        },
    ];

    public static ServiceProvider WithUs(IEnumerable<FlagDefinition> flags, IFeatureDefinitionProvider? microsoft = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        if (microsoft is not null)
            services.AddSingleton(microsoft);
        services.AddFeatureManagement().WithActionTracing();
        services.Replace(ServiceDescriptor.Singleton<IFlagCatalogSource>(new Catalog(flags)));
        return services.BuildServiceProvider();
    }

    public static ServiceProvider WithoutUs(IFeatureDefinitionProvider microsoft)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton(microsoft);
        services.AddFeatureManagement();
        return services.BuildServiceProvider();
    }

    public static FeatureFlagContext[] Contexts(string format, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new FeatureFlagContext { UserId = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, i) })];

    private sealed class Catalog(IEnumerable<FlagDefinition> flags) : IFlagCatalogSource
    {
        FlagCatalog IFlagCatalogSource.Catalog { get; } = new()
        {
            Flags = flags.ToFrozenDictionary(flag => flag.Name, StringComparer.OrdinalIgnoreCase),
            BuiltIn = FrozenSet<string>.Empty,
            Settings = new(),
            TraceOutput = new(),
        };

        event Action<FlagCatalog>? IFlagCatalogSource.Changed
        {
            add { }
            remove { }
        }
    }
}
