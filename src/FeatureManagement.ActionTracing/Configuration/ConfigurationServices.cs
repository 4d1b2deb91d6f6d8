using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Configuration;

internal static class ConfigurationServices
{
    /// <summary>Reads flags from the container's configuration; without one there are only the built-in flags.</summary>
    public static IServiceCollection AddConfiguration(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddOptions();
        services.TryAddSingleton(provider => new SettingSource(provider.GetService<IConfiguration>()));
        services.AddSingleton<IConfigureOptions<RawSettings>>(provider => provider.GetRequiredService<SettingSource>());
        services.AddSingleton<IOptionsChangeTokenSource<RawSettings>>(provider =>
            new ConfigurationChangeTokenSource<RawSettings>(provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build()));
        services.TryAddSingleton<ConfigurationMetrics>();
        services.TryAddSingleton<LiveConfiguration>();
        services.TryAddSingleton<IFlagCatalogSource>(provider => provider.GetRequiredService<LiveConfiguration>());
        services.TryAddSingleton<IActionTracingConfigurationStatus>(provider => provider.GetRequiredService<LiveConfiguration>());
        return services;
    }
}
