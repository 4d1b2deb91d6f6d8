using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Integration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Composition;

internal static partial class ConfigurationServices
{
    /// <summary>
    /// Reads flags from the configuration that Microsoft.FeatureManagement was given, else from the container's;
    /// without one there are only the built-in flags.
    /// </summary>
    public static IServiceCollection AddConfiguration(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddOptions();
        // The provider of another make may need us to be made.
        ServiceDescriptor? definitions = services.LastOrDefault(
            service => service.ServiceType == typeof(IFeatureDefinitionProvider) && !service.IsKeyedService);
        bool microsofts = definitions is { Lifetime: ServiceLifetime.Singleton, ImplementationFactory: { } factory }
            && factory.Method.Module.Assembly == typeof(FeatureManager).Assembly;
        services.TryAddSingleton(provider => PlaceOf(provider, microsofts));
        services.TryAddSingleton<SettingSource>();
        services.AddSingleton<IConfigureOptions<RawSettings>>(provider => provider.GetRequiredService<SettingSource>());
        services.AddSingleton<IOptionsChangeTokenSource<RawSettings>>(provider =>
            new ConfigurationChangeTokenSource<RawSettings>(provider.GetRequiredService<SettingPlace>().Configuration
                ?? new ConfigurationBuilder().Build()));
        services.TryAddSingleton<ConfigurationMetrics>();
        services.TryAddSingleton<ConfigurationLog>();
        services.TryAddSingleton<LiveConfiguration>();
        services.TryAddSingleton<IFlagCatalogSource>(provider => provider.GetRequiredService<LiveConfiguration>());
        services.TryAddSingleton<IActionTracingConfigurationStatus>(provider => provider.GetRequiredService<LiveConfiguration>());
        return services;
    }

    private static SettingPlace PlaceOf(IServiceProvider provider, bool microsofts)
    {
        var registered = provider.GetService<IConfiguration>();
        IConfiguration? given = null;
        try
        {
            if (microsofts)
                given = SettingPlace.GivenTo(provider.GetInner<IFeatureDefinitionProvider>());
            else
                given = null;
        }
        catch (InvalidOperationException) when (registered is null)
        {
            // AddFeatureManagement() without a configuration needs the container's.
        }
        var place = SettingPlace.Find(given, registered);
        if (place.Missing is { } missing)
            LogNoSection(provider.GetRequiredService<ILoggerFactory>().CreateLogger<SettingPlace>(), missing);
        return place;
    }

    [LoggerMessage(EventIds.NoSection, LogLevel.Error, "{Reason}", EventName = "NoSection")]
    private static partial void LogNoSection(ILogger logger, string reason);
}
